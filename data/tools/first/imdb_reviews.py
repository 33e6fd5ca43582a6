from datasets import load_dataset

reviews = load_dataset("stanfordnlp/imdb", split="train")
print(reviews.num_rows, reviews[0]["label"])
print(reviews[0]["text"])
