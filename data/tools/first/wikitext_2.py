from datasets import load_dataset

text = load_dataset("Salesforce/wikitext", "wikitext-2-raw-v1", split="train")
print("".join(text["text"][:20]))
