import spacy

nlp = spacy.load("en_core_web_sm")
doc = nlp("Kaiming He published ResNet in 2015.")
print([(word.text, word.pos_) for word in doc])
print([(entity.text, entity.label_) for entity in doc.ents])
