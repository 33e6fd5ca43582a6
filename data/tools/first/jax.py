import jax


def y(x):
    return x**2 + 2 * x


print(jax.grad(y)(3.0))
