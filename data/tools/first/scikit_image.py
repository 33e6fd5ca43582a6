from skimage import data, filters, io

edges = filters.sobel(data.camera())
io.imsave("edges.png", (255 * edges / edges.max()).astype("uint8"))
