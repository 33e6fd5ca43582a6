from datasets import load_dataset

text = load_dataset("Salesforce/wikitext", "wikitext-103-raw-v1", split="train", streaming=True)
for line in text.take(20):
    print(line["text"], end="")
