/**
 * SEC EDGAR filings read into passages: {@link io.vectordb.edgar.FilingFinder} finds files,
 * {@link io.vectordb.edgar.FilingReader} turns one into {@link io.vectordb.edgar.Filing}s or says why it cannot.
 */
@NullMarked
package io.vectordb.edgar;

import org.jspecify.annotations.NullMarked;
