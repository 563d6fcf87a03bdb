@NullMarked
package io.vectordb.cli.rest;

import org.jspecify.annotations.NullMarked;
