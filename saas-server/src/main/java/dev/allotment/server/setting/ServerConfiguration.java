// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import dev.allotment.SaasException;
import dev.allotment.brand.Brand;
import dev.allotment.mail.MailSettings;
import dev.allotment.mail.MailTexts;
import dev.allotment.servlet.SaasServlet;
import dev.allotment.spi.Settings;
import dev.allotment.webhook.WebhookTargets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All settings of the server, checked as far as possible without opening anything.
 *
 * @param backendSettings the backend's settings by the backend's names, including secrets
 * @param listen the resolved addresses
 * @param baseUrl null to derive it from the main database and the port
 * @param backups is closed after the control plane that it was passed to
 * @param clientsPath null if each tenant has its own host
 * @param mail null if no email is sent
 * @param mailTexts null if they are wrong
 * @param texts the folder of texts of pages; null: none
 * @param brand as long as none is applied
 * @param stylesheet what pages load last; empty: none
 * @param node null to derive it from the host name and the port
 * @param traceReceiver null if no traces are sent
 * @param demoCustomers whether the demo has customers; never for other commands
 */
public record ServerConfiguration(
        Mode mode,
        String backend,
        Map<String, String> backendSettings,
        ListenAddresses listen,
        String mainDatabase,
        @Nullable String baseDomain,
        @Nullable String baseUrl,
        @Nullable String clientsPath,
        String adminLogin,
        @Nullable Secret adminPassword,
        @Nullable Path adminKeyFile,
        @Nullable Secret masterPassword,
        @Nullable SecretKeys secretKeys,
        BackupPlace backups,
        List<String> trustedProxies,
        WebhookTargets identityTargets,
        @Nullable MailSettings mail,
        @Nullable MailTexts mailTexts,
        @Nullable Path texts,
        Brand brand,
        String stylesheet,
        @Nullable Path addons,
        int maxBodyBytes,
        int passwordIterations,
        Map<String, String> protocolSettings,
        OldProtocols oldProtocols,
        @Nullable String node,
        boolean accessLog,
        @Nullable URI traceReceiver,
        boolean demoCustomers,
        Work work) {
    private static final String MEMORY = "memory";
    private static final Set<String> WITHOUT_FILES = Set.of(MEMORY, "postgres");
    private static final String PATH = "path";
    private static final String URL = "url";
    private static final Pattern DOMAIN =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
    private static final Pattern CLIENTS_PATH = Pattern.compile("(/[a-z0-9._-]+)+");
    private static final Pattern VERSION = Pattern.compile("\\d{1,4}\\.\\d{1,4}");

    /**
     * How the node works, and how it stops.
     *
     * @param backgroundThreads for operations in the background
     * @param stopDelay how long the server still answers after a signal to stop
     * @param stopTimeout how long running requests may take then
     */
    public record Work(int backgroundThreads, Duration stopDelay, Duration stopTimeout) {}

    public ServerConfiguration {
        backendSettings = Map.copyOf(backendSettings);
        trustedProxies = List.copyOf(trustedProxies);
        protocolSettings = Map.copyOf(protocolSettings);
    }

    /** Shows no settings: some are secret, and settings of a backend may be. */
    @Override
    public String toString() {
        return "ServerConfiguration[" + mode + "]";
    }

    /** Returns the backend and its location, without the parameters of a URL, which could be secret. */
    public String storage() {
        String path = backendSettings.get(PATH);
        String url = backendSettings.get(URL);
        if (url != null) {
            return backend + " at " + url.replaceFirst("\\?.*", "");
        }
        return path == null ? backend : backend + " in " + path;
    }

    /**
     * Reads the settings. Problems are collected in {@code settings}; if there are any, the result must not be used.
     *
     * @param backendSettings the backend's settings by the backend's names
     */
    public static ServerConfiguration read(Mode mode, Settings settings, Map<String, String> backendSettings) {
        Reader reader = new Reader(mode, settings);
        String backend = reader.text(SettingOption.BACKEND);
        BrandSettings brand = new BrandSettings(settings);
        ServerConfiguration configuration = new ServerConfiguration(
                mode,
                backend,
                reader.backendSettings(backend, backendSettings),
                reader.listen(),
                reader.mainDatabase(),
                reader.baseDomain(),
                reader.baseUrl(),
                reader.clientsPath(),
                reader.text(SettingOption.ADMIN_LOGIN),
                reader.secret(SettingOption.ADMIN_PASSWORD),
                reader.adminKeyFile(),
                reader.secret(SettingOption.MASTER_PASSWORD),
                reader.secretKeys(),
                BackupPlace.read(
                        settings,
                        reader.number(SettingOption.BACKUPS_KEPT, 1, 10_000),
                        Duration.ofDays(reader.number(SettingOption.BACKUP_DRILL_DAYS, 0, 3650))),
                reader.proxies(),
                reader.identityTargets(),
                MailSettings.read(settings),
                reader.mailTexts(),
                reader.texts(),
                brand.brand(),
                brand.stylesheet(),
                reader.addons(),
                reader.number(SettingOption.MAX_BODY, 1024, 1024 * 1024 * 1024),
                reader.number(SettingOption.PASSWORD_ROUNDS, 1, 10_000_000),
                reader.protocolSettings(),
                OldProtocols.read(settings, Boolean.parseBoolean(reader.byDefault(SettingOption.OLD_PROTOCOLS))),
                settings.optional(SettingOption.NODE.key()),
                settings.flag(
                        SettingOption.ACCESS_LOG.key(),
                        Boolean.parseBoolean(reader.byDefault(SettingOption.ACCESS_LOG))),
                reader.traceReceiver(),
                settings.flag(
                                SettingOption.DEMO_CUSTOMERS.key(),
                                Boolean.parseBoolean(reader.byDefault(SettingOption.DEMO_CUSTOMERS)))
                        && mode == Mode.DEMO,
                new Work(
                        reader.number(SettingOption.BACKGROUND_THREADS, 1, 1000),
                        Duration.ofSeconds(reader.number(SettingOption.STOP_DELAY, 0, 3600)),
                        Duration.ofSeconds(reader.number(SettingOption.STOP_TIMEOUT, 0, 3600))));
        settings.optional(SettingOption.CONFIG.key());
        return configuration;
    }

    /** Reads single settings. Problems are collected in the settings. */
    private record Reader(Mode mode, Settings settings) {
        private static final int MAX_PORT = 65_535;
        private static final int NO_METRICS = -1;

        String text(SettingOption option) {
            return settings.text(option.key(), byDefault(option)).strip();
        }

        int number(SettingOption option, int min, int max) {
            return settings.number(option.key(), Integer.parseInt(byDefault(option)), min, max);
        }

        @Nullable
        Secret secret(SettingOption option) {
            String value = settings.secret(option.key());
            value = value == null ? mode.defaultOf(option) : value;
            return value == null || value.isEmpty() ? null : new Secret(value);
        }

        @Nullable
        Path adminKeyFile() {
            String text = settings.optional(SettingOption.ADMIN_KEY_FILE.key());
            if (text == null) {
                return null;
            }
            Path file = Path.of(text).toAbsolutePath();
            Path folder = file.getParent();
            if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
                settings.problem(SettingOption.ADMIN_KEY_FILE.key(), text, "a file in an existing folder", null);
            }
            return file;
        }

        @Nullable
        SecretKeys secretKeys() {
            Secret key = secret(SettingOption.SECRET_KEY);
            String file = settings.optional(SettingOption.SECRET_KEY.fileKey());
            if (key == null) {
                return null;
            }
            SecretKeys keys = SecretKeys.of(key.value(), file);
            if (!keys.areValid()) {
                settings.problem(
                        SettingOption.SECRET_KEY.key(),
                        key.value().length() + " characters",
                        SecretKeys.expected(),
                        null);
            }
            return keys;
        }

        /** Returns the settings that were set, and the folder of a backend with files. The backend checks them. */
        Map<String, String> backendSettings(String backend, Map<String, String> own) {
            Map<String, String> passed = new TreeMap<>(own);
            put(passed, URL, settings.optional(SettingOption.URL.key()));
            put(passed, "user", settings.optional(SettingOption.USER.key()));
            put(passed, "password", settings.secret(SettingOption.PASSWORD.key()));
            boolean h2 = backend.equals("h2");
            String data = settings.optional(SettingOption.DATA.key());
            data = data == null && h2 ? mode.defaultOf(SettingOption.DATA) : data;
            // A check of the settings must not create or lock the folder.
            if (h2 && (MEMORY.equals(data) || mode == Mode.CONFIG_CHECK)) {
                passed.put(MEMORY, "true");
            } else {
                // This project's backends without files refuse the setting under the name that the operator gave it.
                put(passed, WITHOUT_FILES.contains(backend) ? SettingOption.DATA.key() : PATH, data);
            }
            return passed;
        }

        ListenAddresses listen() {
            InetAddress forMetrics = address(SettingOption.METRICS_LISTEN);
            int port = settings.optional(SettingOption.METRICS_PORT.key()) == null
                    ? NO_METRICS
                    : settings.number(SettingOption.METRICS_PORT.key(), 0, 0, MAX_PORT);
            return new ListenAddresses(
                    address(SettingOption.LISTEN),
                    number(SettingOption.PORT, 0, MAX_PORT),
                    port == NO_METRICS ? null : new InetSocketAddress(forMetrics, port));
        }

        private InetAddress address(SettingOption option) {
            String text = text(option);
            try {
                // Any address will do: a name with several addresses is not meant for listening.
                return InetAddress.getAllByName(text)[0];
            } catch (UnknownHostException e) {
                settings.problem(option.key(), text, "an address or a name of this machine", byDefault(option));
                return InetAddress.getLoopbackAddress();
            }
        }

        String mainDatabase() {
            String name = text(SettingOption.MAIN_DB);
            if (!isDomain(name)) {
                settings.problem(
                        SettingOption.MAIN_DB.key(),
                        name,
                        "labels of lower case letters, digits and hyphens, separated by dots; at most 63 characters",
                        byDefault(SettingOption.MAIN_DB));
            }
            return name;
        }

        @Nullable
        String baseDomain() {
            String name = settings.optional(SettingOption.BASE_DOMAIN.key());
            if (name != null && !isDomain(name.strip())) {
                settings.problem(SettingOption.BASE_DOMAIN.key(), name, "a domain such as example.com", null);
            }
            return name == null ? null : name.strip();
        }

        private static boolean isDomain(String name) {
            return name.length() <= 63 && DOMAIN.matcher(name).matches();
        }

        @Nullable
        String baseUrl() {
            String text = settings.optional(SettingOption.BASE_URL.key());
            if (text != null && !isBaseUrl(text.strip())) {
                settings.problem(
                        SettingOption.BASE_URL.key(),
                        text,
                        "http:// or https://, a host, and at most a port after it",
                        null);
            }
            return text == null ? null : text.strip();
        }

        @Nullable
        URI traceReceiver() {
            String text = settings.optional(SettingOption.OTLP_ENDPOINT.key());
            if (text != null && !isBaseUrl(text.strip())) {
                settings.problem(
                        SettingOption.OTLP_ENDPOINT.key(),
                        text,
                        "http:// or https://, a host, and at most a port after it",
                        null);
                return null;
            }
            return text == null ? null : URI.create(text.strip());
        }

        private static boolean isBaseUrl(String text) {
            try {
                URI uri = URI.create(text);
                boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                // A URI without a host, such as "example.com:8069", may have no path: check the host first.
                return web
                        && uri.getHost() != null
                        && uri.getRawPath().isEmpty()
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null
                        && uri.getRawUserInfo() == null;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        @Nullable
        String clientsPath() {
            String text = settings.optional(SettingOption.CLIENTS_PATH.key());
            if (text != null && !CLIENTS_PATH.matcher(text.strip()).matches()) {
                settings.problem(
                        SettingOption.CLIENTS_PATH.key(),
                        text,
                        "a path such as /db: lower case letters, digits, dots, hyphens and underscores between slashes",
                        null);
            }
            return text == null ? null : text.strip();
        }

        List<String> proxies() {
            String text = settings.text(SettingOption.PROXY_TRUSTED.key(), "");
            List<String> proxies = Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(each -> !each.isEmpty())
                    .toList();
            try {
                SaasServlet.builder().trustedProxies(proxies);
            } catch (IllegalArgumentException e) {
                settings.problem(
                        SettingOption.PROXY_TRUSTED.key(),
                        text,
                        "addresses and networks such as 10.0.0.0/8, no names, separated by commas",
                        null);
            }
            return proxies;
        }

        WebhookTargets identityTargets() {
            WebhookTargets targets = WebhookTargets.publicAddresses();
            String text = settings.text(SettingOption.IDENTITY_NETWORKS.key(), "");
            for (String network : text.split(",")) {
                if (!network.isBlank()) {
                    try {
                        targets = targets.network(network.strip());
                    } catch (IllegalArgumentException e) {
                        settings.problem(
                                SettingOption.IDENTITY_NETWORKS.key(),
                                text,
                                "networks such as 10.20.0.0/16, separated by commas",
                                null);
                    }
                }
            }
            return targets;
        }

        @Nullable
        Path texts() {
            String folder = settings.optional(SettingOption.TEXTS.key());
            if (folder == null) {
                return null;
            }
            Path path = Path.of(folder.strip());
            if (!Files.isDirectory(path)) {
                settings.problem(
                        SettingOption.TEXTS.key(), folder, "a folder with files such as portal.de.properties", null);
            }
            return path;
        }

        @Nullable
        MailTexts mailTexts() {
            String folder = settings.optional(SettingOption.MAIL_TEXTS.key());
            if (folder == null) {
                return MailTexts.standard();
            }
            try {
                return MailTexts.in(Path.of(folder.strip()));
            } catch (SaasException e) {
                settings.problem(SettingOption.MAIL_TEXTS.key(), folder, String.valueOf(e.getMessage()), null);
                return null;
            }
        }

        @Nullable
        Path addons() {
            String text = settings.optional(SettingOption.ADDONS.key());
            if (text == null) {
                return null;
            }
            Path folder = Path.of(text.strip());
            if (!Files.isDirectory(folder)) {
                settings.problem(SettingOption.ADDONS.key(), text, "an existing folder", null);
            }
            return folder;
        }

        /** Returns the settings of the protocols by their names. */
        Map<String, String> protocolSettings() {
            String version = text(SettingOption.SERVER_VERSION);
            if (!VERSION.matcher(version).matches()) {
                settings.problem(
                        SettingOption.SERVER_VERSION.key(),
                        version,
                        "two numbers such as 17.0",
                        byDefault(SettingOption.SERVER_VERSION));
            }
            boolean list = settings.flag(
                    SettingOption.LIST_DATABASES.key(), Boolean.parseBoolean(byDefault(SettingOption.LIST_DATABASES)));
            Map<String, String> passed = new HashMap<>();
            passed.put("server.version", version);
            passed.put("list.databases", Boolean.toString(list));
            put(passed, "payments.stripe.secret", settings.secret(SettingOption.STRIPE_SECRET.key()));
            put(passed, "payments.stripe.attribute", settings.optional(SettingOption.STRIPE_ATTRIBUTE.key()));
            put(passed, "payments.lago.secret", settings.secret(SettingOption.LAGO_SECRET.key()));
            put(passed, "payments.lago.attribute", settings.optional(SettingOption.LAGO_ATTRIBUTE.key()));
            return passed;
        }

        private String byDefault(SettingOption option) {
            String value = mode.defaultOf(option);
            if (value == null) {
                throw new IllegalStateException(option + " has no default");
            }
            return value;
        }

        private static void put(Map<String, String> map, String key, @Nullable String value) {
            if (value != null) {
                map.put(key, value);
            }
        }
    }
}
