package io.vectordb.schema;

import io.vectordb.v1.Schema;

/** Turns the schema that someone wrote into the one that is kept. */
public final class Schemas {

    private Schemas() {}

    /**
     * The schema with every default filled in, type words in their canonical spelling, the key column not null, and
     * the vector fields that texts are embedded into declared. Completing a complete schema changes nothing.
     *
     * @throws io.vectordb.common.VectorDbException INVALID_SCHEMA with every violation at once, at paths such as
     *     {@code schema.fields.2.type}; FEATURE_NOT_AVAILABLE where nothing is wrong but something is of a later release
     */
    public static Schema complete(Schema schema, ModelCatalog models) {
        return new SchemaCompletion(schema, models).complete();
    }
}
