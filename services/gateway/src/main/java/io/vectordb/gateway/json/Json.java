package io.vectordb.gateway.json;

import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** The JSON parser and generator of the gateway. */
public final class Json {

    /** Deeper JSON is not read at all; how deep a request may be says the guard. */
    static final int NESTING = 400;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(NESTING)
                    .maxNumberLength(1_000)
                    .build())
            .build();

    private Json() {}

    /** A generator of UTF-8 for what is no message: problems, descriptions. */
    public static JsonGenerator generator(OutputStream out) {
        return FACTORY.createGenerator(out);
    }
}
