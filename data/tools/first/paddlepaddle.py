import paddle

x = paddle.to_tensor(3.0, stop_gradient=False)
y = x**2 + 2 * x
y.backward()
print(x.grad)
