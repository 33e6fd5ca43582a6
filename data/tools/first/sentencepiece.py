import sentencepiece as spm

spm.SentencePieceTrainer.train(input="text.txt", model_prefix="pieces", vocab_size=8000)
pieces = spm.SentencePieceProcessor(model_file="pieces.model")
print(pieces.encode("unbelievable", out_type=str))
