package io.vectordb.schema;

import java.util.List;
import java.util.OptionalInt;

/** The embedding models that this server knows. */
public interface ModelCatalog {

    /** The dimension of the vectors that a model makes; nothing for a model that is not known. */
    OptionalInt dimension(String model);

    /** The names of all models. */
    List<String> models();
}
