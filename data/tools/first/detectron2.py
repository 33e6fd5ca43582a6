import cv2
from detectron2 import model_zoo
from detectron2.config import get_cfg
from detectron2.engine import DefaultPredictor

name = "COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml"
settings = get_cfg()
settings.merge_from_file(model_zoo.get_config_file(name))
settings.MODEL.WEIGHTS = model_zoo.get_checkpoint_url(name)
print(DefaultPredictor(settings)(cv2.imread("photo.jpg"))["instances"].pred_boxes)
