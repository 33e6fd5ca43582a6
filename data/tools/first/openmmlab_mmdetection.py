from mmdet.apis import DetInferencer

detect = DetInferencer("rtmdet_tiny_8xb32-300e_coco")
print(detect("photo.jpg")["predictions"][0]["labels"])
