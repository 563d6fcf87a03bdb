@NullMarked
package io.vectordb.service;

import org.jspecify.annotations.NullMarked;
