from PIL import Image

with Image.open("photo.jpg") as image:
    image.convert("L").resize((24, 24)).save("small.png")
