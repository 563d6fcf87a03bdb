package io.vectordb.schema;

/**
 * A vector that the server makes from a text.
 *
 * @param textField what is embedded
 * @param vectorField where the vector goes
 * @param model which model makes it
 */
public record EmbedRule(String textField, String vectorField, String model) {}
