from transformers import pipeline

classify = pipeline("sentiment-analysis", model="distilbert/distilbert-base-uncased-finetuned-sst-2-english")
print(classify("A quiet film that stays with you."))
