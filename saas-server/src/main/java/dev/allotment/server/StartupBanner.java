// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.server.setting.Mode;
import dev.allotment.server.setting.Secret;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.server.setting.SettingOption;
import java.io.PrintStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The text that the server prints once it answers. */
final class StartupBanner {
    /** The system property that has the folder of the start script. */
    private static final String HOME = "allotment.home";

    private StartupBanner() {}

    static void print(PrintStream out, String version, RunningServer server, Duration started) {
        ServerConfiguration configuration = server.configuration();
        String url = "http://" + host(server.address()) + ":" + server.port();
        out.printf(
                Locale.ROOT,
                "Allotment %s listens on %s after %.1f s. Ctrl-C stops it.%n",
                version,
                url,
                started.toMillis() / 1000.0);
        out.printf("  in a browser   %s%n", server.baseUrl());
        out.printf("  main database  %s%n", configuration.mainDatabase());
        String administrator = server.administrator();
        out.printf(
                "  administrator  %s%n",
                administrator == null
                        ? "none has the login of --admin-login; \"saas admin-password\" creates it"
                        : administrator);
        Secret password = server.newPassword();
        if (password != null) {
            out.printf("  password       %s   (generated now, not shown again)%n", password.value());
        }
        out.printf("  backend        %s%n", configuration.storage());
        if (configuration.mode() == Mode.DEMO) {
            if (configuration.demoCustomers()) {
                out.printf("Try in a browser:%n");
                int step = 0;
                for (String each : Demo.tour(configuration.adminLogin())) {
                    step++;
                    out.printf(Locale.ROOT, "  %d. %s%n", step, each);
                }
            }
            out.printf("Try in another terminal:%n  %s%n", oneLiner(configuration, url));
            String script = script(configuration, url);
            if (script != null) {
                out.printf("  %s%n", script);
            }
        }
        out.flush();
    }

    private static String oneLiner(ServerConfiguration configuration, String url) {
        return "python3 -c \"import xmlrpc.client; print(xmlrpc.client.ServerProxy('" + url
                + "/xmlrpc/2/common').authenticate('" + configuration.mainDatabase() + "', '"
                + configuration.adminLogin() + "', '" + password(configuration) + "', {}))\"";
    }

    /** Returns null if the examples do not exist: the jars may have been copied elsewhere. */
    private static @Nullable String script(ServerConfiguration configuration, String url) {
        Path script = Path.of(System.getProperty(HOME, ""), "examples", "seed_client.py");
        if (!Files.isRegularFile(script)) {
            return null;
        }
        StringBuilder command = new StringBuilder("python3 '" + script + "'");
        if (!url.equals("http://127.0.0.1:8069")) {
            command.append(" --url ").append(url);
        }
        if (!configuration.mainDatabase().equals(Mode.DEMO.defaultOf(SettingOption.MAIN_DB))) {
            command.append(" --db ").append(configuration.mainDatabase());
        }
        if (!configuration.adminLogin().equals(Mode.DEMO.defaultOf(SettingOption.ADMIN_LOGIN))) {
            command.append(" --login '").append(configuration.adminLogin()).append('\'');
        }
        if (!isWellKnown(configuration)) {
            command.append(" --password PASSWORD");
        }
        return command.toString();
    }

    private static String password(ServerConfiguration configuration) {
        return isWellKnown(configuration)
                ? String.valueOf(Mode.DEMO.defaultOf(SettingOption.ADMIN_PASSWORD))
                : "PASSWORD";
    }

    /** Whether the password is the demo's, which is public. */
    private static boolean isWellKnown(ServerConfiguration configuration) {
        Secret password = configuration.adminPassword();
        return password != null && password.value().equals(Mode.DEMO.defaultOf(SettingOption.ADMIN_PASSWORD));
    }

    private static String host(InetAddress address) {
        if (address.isAnyLocalAddress()) {
            return address instanceof Inet6Address ? "[::1]" : "127.0.0.1";
        }
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? "[" + text + "]" : text;
    }
}
