import stanza

stanza.download("zh")
nlp = stanza.Pipeline("zh")
for sentence in nlp("深度网络把层一层层叠起来。").sentences:
    print([(word.text, word.upos) for word in sentence.words])
