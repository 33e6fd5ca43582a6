import nltk

nltk.download("punkt_tab")
words = nltk.word_tokenize("Small steps, many times.")
print(nltk.FreqDist(words).most_common(3))
