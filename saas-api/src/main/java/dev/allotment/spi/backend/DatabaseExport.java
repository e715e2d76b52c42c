// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.io.InputStream;
import java.util.Iterator;

/** Receives a database as files that other programs can read, see {@link Transfer#export}. */
public interface DatabaseExport {
    /**
     * Receives the records of {@link RecordTypes#database}, in the state that the files have. Called once, before the
     * files, unless {@link #records(RecordType, Iterator)} is.
     *
     * @param records for reading until this returns
     */
    void records(Transaction records);

    /**
     * Receives the records of one type, of a database that cannot be queried. Called before the files, at most once for
     * each type of {@link RecordTypes#database}.
     *
     * @param records in any order, for reading until this returns, and not necessarily to the end
     */
    <R extends Record> void records(RecordType<R> type, Iterator<R> records);

    /**
     * Receives a file.
     *
     * @param name a relative path, different for each file; its parts have letters, digits, dots, hyphens and
     *     underscores, start with a letter or a digit, and are separated by slashes
     * @param content must be read to its end during the call, in pieces. Reading throws an IOException if the database
     *     fails
     */
    void file(String name, InputStream content);
}
