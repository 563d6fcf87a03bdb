package io.vectordb.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.process.Rest;

/** The collection that most tests of this package use. */
final class Samples {

    private static final String SCHEMA = """
            {"kind": "document", "dynamic": "reject", "primary_key": ["id"], "fields": [
              {"name": "id", "type": "keyword"},
              {"name": "title", "type": "text"},
              {"name": "form", "type": "keyword", "not_null": true},
              {"name": "year", "type": "int32"},
              {"name": "amount", "type": "decimal(10,2)"},
              {"name": "filed", "type": "date"},
              {"name": "v", "type": "vector(4)", "vector": {"metric": "cosine"}}]}""";

    private Samples() {}

    static void create(Rest rest, String name) {
        Rest.Answer created = rest.post("/v1/collections", "{\"name\": \"" + name + "\", \"schema\": " + SCHEMA + "}");
        assertThat(created.status()).as("%s", created).isEqualTo(201);
    }

    static String schema() {
        return SCHEMA;
    }
}
