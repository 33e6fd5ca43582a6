from ultralytics import YOLO

model = YOLO("yolo11n.pt")
for box in model("photo.jpg")[0].boxes:
    print(model.names[int(box.cls)], float(box.conf))
