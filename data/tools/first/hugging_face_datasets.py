from datasets import load_dataset

reviews = load_dataset("stanfordnlp/imdb", split="train")
print(reviews[0]["text"], reviews[0]["label"])
