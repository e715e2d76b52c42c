// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A database server that victims work on and the test inspects from outside. The first one has the catalog, too. */
interface Ground extends AutoCloseable {
    /** The name of the server in the control plane. */
    String server();

    /** The name of the backend that victims use. */
    String backend();

    /** The settings of that backend. */
    Map<String, String> settings();

    /** Whether it can be inspected while a process has it open. */
    boolean shared();

    Connection catalog() throws SQLException;

    /** Copies the catalog, in whatever state it is. Returns an action that restores it when nothing uses it. */
    Runnable backUpCatalog();

    /** Connects to a tenant database. */
    Connection database(String name, UUID identity) throws SQLException;

    /** Returns all tenant databases, also half-made ones. */
    Map<String, UUID> databases() throws Exception;

    /** Returns the databases that their application can connect to. */
    Set<String> letIn() throws Exception;

    /** Creates a database that can be adopted. Returns false, and does nothing, if none can be adopted here. */
    boolean putForeign(String name) throws SQLException;

    /** Returns all databases that {@link #putForeign} created. */
    Set<String> put();

    /** Returns the databases that the control plane did not create, after checking that they are unchanged. */
    Set<String> foreign() throws SQLException;

    /** Checks that nothing else exists: no parts of databases that do not exist, and nothing half done. */
    void assertNothingElse(Map<String, UUID> databases) throws Exception;

    @Override
    void close();
}
