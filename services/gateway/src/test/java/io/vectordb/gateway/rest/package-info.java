@NullMarked
package io.vectordb.gateway.rest;

import org.jspecify.annotations.NullMarked;
