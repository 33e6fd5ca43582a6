import keras
import numpy as np
from keras import layers, losses, optimizers

model = keras.Sequential(
    [
        keras.Input((24, 24, 3)),
        layers.Conv2D(32, 3, padding="same"),
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, padding="same"),
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(120, activation="relu"),
        layers.Dense(84, activation="relu"),
        layers.Dense(10),
    ]
)
loss = losses.SparseCategoricalCrossentropy(True)
optimizer = optimizers.SGD(0.001, momentum=0.9)
model.compile(optimizer, loss)

images = np.random.rand(32, 24, 24, 3)
labels = np.random.randint(10, size=32)
print(model.count_params())
print(model.train_on_batch(images, labels))
