package io.vectordb.indexnode;

import io.vectordb.schema.CollectionSchema;
import io.vectordb.segment.VectorFieldSpec;
import java.util.List;

/** The vector fields of a collection as of a version of its schema. */
record IndexedFields(int schemaVersion, List<VectorFieldSpec> fields) {

    static IndexedFields of(CollectionSchema schema) {
        return new IndexedFields(schema.version(), VectorFieldSpec.of(schema));
    }
}
