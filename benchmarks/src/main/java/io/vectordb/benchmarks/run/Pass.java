package io.vectordb.benchmarks.run;

/** All queries run once, or several times, with one beam. */
public record Pass(double qps, double recall, double p50Micros, double p99Micros) {}
