import keras
import numpy as np
from keras import layers

model = keras.Sequential(
    [
        keras.Input((24, 24, 3)),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(120, activation="relu"),
        layers.Dense(84, activation="relu"),
        layers.Dense(10),
    ]
)
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.SGD(learning_rate=0.001, momentum=0.9),
)

print(model.count_params())
print(model.train_on_batch(np.random.rand(32, 24, 24, 3), np.random.randint(10, size=32)))
