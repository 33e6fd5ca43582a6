import mindspore as ms


def y(x):
    return x**2 + 2 * x


print(ms.grad(y)(ms.Tensor(3.0)))
