package io.vectordb.embedding;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxBertBiEncoder;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;

/**
 * all-MiniLM-L6-v2 with int8 weights, run by ONNX Runtime in this process: 384 dimensions, mean pooling, unit length.
 *
 * <p>One computation uses one thread, so that several texts at once scale with the cores.
 */
final class MiniLm implements EmbeddingModel {

    static final String NAME = "all-minilm-l6-v2";
    private static final int DIMENSION = 384;
    /** The positions of the model, less the marks of begin and end. */
    private static final int MAX_TOKENS = 510;

    private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";

    private final Encoder encoder;
    private final HuggingFaceTokenizer tokenizer;

    private MiniLm(Encoder encoder, HuggingFaceTokenizer tokenizer) {
        this.encoder = encoder;
        this.tokenizer = tokenizer;
    }

    /** Loads the model from the class path; about a second. */
    static MiniLm load() {
        try (InputStream model = resource(MODEL);
                InputStream encoderVocabulary = resource(TOKENIZER);
                InputStream countingVocabulary = resource(TOKENIZER)) {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            OrtSession session;
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                session = environment.createSession(model.readAllBytes(), options);
            }
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                    countingVocabulary, Map.of("padding", "false", "truncation", "false"));
            return new MiniLm(
                    new Encoder(new OnnxBertBiEncoder(environment, session, encoderVocabulary, PoolingMode.MEAN)),
                    tokenizer);
        } catch (IOException e) {
            throw new UncheckedIOException("the model " + NAME + " cannot be read", e);
        } catch (OrtException e) {
            throw new IllegalStateException("the model " + NAME + " cannot be loaded", e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int dimension() {
        return DIMENSION;
    }

    @Override
    public int maxTokens() {
        return MAX_TOKENS;
    }

    @Override
    public float[] embed(String text) {
        int tokens = tokenizer.encode(text, false, false).getIds().length;
        if (tokens > MAX_TOKENS) {
            throw new VectorDbException(
                    ErrorCode.TEXT_TOO_LONG,
                    "the text has " + tokens + " tokens, " + NAME + " takes at most " + MAX_TOKENS,
                    Map.of("tokens", Integer.toString(tokens), "max_tokens", Integer.toString(MAX_TOKENS)));
        }
        return encoder.embed(text).content().vector();
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(MiniLm.class.getResourceAsStream(name), name);
    }

    /** Gives the library's encoder, whose own method is not public, a face. */
    private static final class Encoder extends AbstractInProcessEmbeddingModel {

        private final OnnxBertBiEncoder encoder;

        Encoder(OnnxBertBiEncoder encoder) {
            super(Runnable::run);
            this.encoder = encoder;
        }

        @Override
        protected OnnxBertBiEncoder model() {
            return encoder;
        }

        @Override
        protected Integer knownDimension() {
            return DIMENSION;
        }
    }
}
