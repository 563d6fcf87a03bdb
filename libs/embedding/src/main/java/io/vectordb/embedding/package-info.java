/** Text to vector, in process; the only importer of ONNX models. */
@NullMarked
package io.vectordb.embedding;

import org.jspecify.annotations.NullMarked;
