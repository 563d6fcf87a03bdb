package io.vectordb.metadata.placement;

/**
 * How even the storage nodes that are up are: used share and load of the fullest and the emptiest one, to the mean. All are 1
 * when everything is even.
 */
public record Imbalance(double mostBytes, double leastBytes, double mostLoad, double leastLoad) {}
