package io.vectordb.arch.planted.inner;

import io.vectordb.arch.planted.Planted;

/** Needs the package that needs this one. */
public record Inner(Planted outer) {}
