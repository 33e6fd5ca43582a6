import cv2

image = cv2.imread("photo.jpg")
grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
cv2.imwrite("edges.png", cv2.Canny(grey, 100, 200))
