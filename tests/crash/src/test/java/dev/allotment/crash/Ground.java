// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A database server that processes work on, and this one looks at from outside. The first one has the catalog, too. */
interface Ground extends AutoCloseable {
    /** What the control plane calls it. */
    String server();

    /** The name of the backend that processes use. */
    String backend();

    /** The settings of that backend. */
    Map<String, String> settings();

    /** Whether it can be looked at while a process has it open. */
    boolean shared();

    Connection catalog() throws SQLException;

    /** To the inside of a client database. */
    Connection database(String name, UUID identity) throws SQLException;

    /** The client databases that there are, half made ones too. */
    Map<String, UUID> databases() throws Exception;

    /** Those of them that let their application in. */
    Set<String> letIn() throws Exception;

    /** Makes a database that can be adopted. */
    void putForeign(String name) throws SQLException;

    /** Whether others can make databases here that can be adopted. */
    boolean adopts();

    /** All databases that {@link #putForeign} has made. */
    Set<String> put();

    /** The databases that others have made, each of them just as it was put there. */
    Set<String> foreign() throws SQLException;

    /** Whether there is anything else: what belongs to a database that is not there, or to something half done. */
    void assertNothingElse(Map<String, UUID> databases) throws Exception;

    @Override
    void close();
}
