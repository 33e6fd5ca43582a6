from gensim.models import Word2Vec

sentences = [["deep", "network"], ["deep", "learning"], ["network", "learning"]]
model = Word2Vec(sentences, vector_size=16, min_count=1)
print(model.wv.most_similar("deep"))
