/** The REST API as this program calls it. */
@NullMarked
package io.vectordb.cli.rest;

import org.jspecify.annotations.NullMarked;
