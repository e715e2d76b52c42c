// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The JDBC driver that applications of client databases connect with, in the process that has the H2 backend open: it takes the
 * URLs that {@code Databases.login} gives. Found by {@link DriverManager}; its connections are H2's own. Thread-safe.
 *
 * <p>With H2's own driver, a mere attempt to connect would open a file that may just be copied or put back, or that is closed
 * to its application. And what a URL of H2's can be made to do ({@code INIT}, other files) cannot be asked of this one.
 */
public final class H2LoginDriver implements Driver {
    private static final String PREFIX = "jdbc:allotment-h2:";

    /** By where their files are. */
    private static final Map<String, Entrance> ENTRANCES = new ConcurrentHashMap<>();

    static {
        try {
            DriverManager.registerDriver(new H2LoginDriver());
        } catch (SQLException e) {
            throw new IllegalStateException("The JDBC driver of the H2 backend could not be registered.", e);
        }
    }

    /** For ServiceLoader. */
    public H2LoginDriver() {}

    /** Where a backend lets applications in. */
    @FunctionalInterface
    interface Entrance {
        Connection enter(String name, String user, String password) throws SQLException;
    }

    /**
     * From now on, connections to these databases are made here.
     *
     * @param location of a backend that nobody else has open
     */
    static void open(String location, Entrance entrance) {
        ENTRANCES.put(location, entrance);
    }

    static void close(String location) {
        ENTRANCES.remove(location);
    }

    static String url(String location, String name) {
        return PREFIX + location + '/' + H2Names.encode(name);
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        if (!acceptsURL(url)) {
            return null;
        }
        int end = url.lastIndexOf('/');
        Entrance entrance = end < PREFIX.length() ? null : ENTRANCES.get(url.substring(PREFIX.length(), end));
        if (entrance == null) {
            throw new SQLNonTransientConnectionException(
                    "This process has no H2 backend open where the URL says. Open the backend first.", "08001");
        }
        String name = H2Names.decode(url.substring(end + 1));
        return entrance.enter(name == null ? "" : name, info.getProperty("user", ""), info.getProperty("password", ""));
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 0;
    }

    @Override
    public int getMinorVersion() {
        return 1;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("This driver logs nothing.");
    }
}
