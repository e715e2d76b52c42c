// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A setting of the server: an option on the command line, an environment variable, or a line of a file. */
public enum SettingOption {
    CONFIG("FILE", "A properties file with these settings, without the dashes: main-db = portal.example.com"),
    BACKEND("NAME", "Where databases are stored: one of ${COMPLETION-CANDIDATES}, the backends on the class path."),
    DATA("FOLDER", "Where a backend with files, such as h2, stores them; with h2, \"memory\" stores nothing on disk."),
    URL("URL", "The JDBC URL of PostgreSQL, such as jdbc:postgresql://db.example.com:5432/portal."),
    USER("NAME", "The PostgreSQL user, who must be allowed to create databases and roles."),
    PASSWORD("TEXT", "The password of the PostgreSQL user.", true),
    LISTEN("ADDRESS", "The address to listen on; 0.0.0.0 for all."),
    PORT("NUMBER", "The port to listen on; 0 for any free port."),
    METRICS_LISTEN("ADDRESS", "The address to serve the metrics on; 0.0.0.0 for all."),
    METRICS_PORT("NUMBER", "The port to serve the metrics on; 0 for any free port. Without it, they are not served."),
    MAIN_DB("NAME", "The name of the main database, where accounts and plans are administered."),
    BASE_DOMAIN("DOMAIN", "Is appended to names of tenants that have no dot."),
    BASE_URL("URL", "The public URL of the main database. Its scheme and port are used for tenants, too."),
    CLIENTS_PATH(
            "PATH",
            "Serves tenants without their own host below this path and their name: /db for"
                    + " clients.example.com/db/{dbname}. Without it, each tenant has its host."),
    ADMIN_LOGIN("NAME", "The administrator that the first start creates."),
    ADMIN_PASSWORD(
            "TEXT",
            "The password of the administrator. Without it, a random password is generated and printed once.",
            true),
    ADMIN_KEY_FILE(
            "FILE",
            "A file into which an API key of the administrator is written once, when the account has never had one."),
    MASTER_PASSWORD("TEXT", "Protects the db service. Without it, the service changes nothing.", true),
    SECRET_KEY(
            "TEXT",
            "Encrypts passwords of database servers, and backups: the same on each node, at least 16 characters.",
            true),
    BACKUP_FOLDER("FOLDER", "Where backups of tenants are stored; each node needs it. Without it, there are none."),
    BACKUP_S3_BUCKET("NAME", "The bucket in which backups of tenants are stored, instead of a folder."),
    BACKUP_S3_PREFIX("FOLDER", "The folder in the bucket, such as production. Without it, the whole bucket is used."),
    BACKUP_S3_REGION("NAME", "The region of the bucket. Without it, that of the environment (AWS_REGION) is used."),
    BACKUP_S3_ENDPOINT("URL", "The address of the S3 server, such as https://s3.example.com. Without it, AWS is used."),
    BACKUP_S3_PATH_STYLE(
            "FLAG",
            "Whether the bucket is in the path of addresses, not in the host: true or false. Without it, true if there is"
                    + " an endpoint."),
    BACKUP_S3_ACCESS_KEY(
            "TEXT",
            "The access key of the S3 server. Without it, the credentials of the environment are used, as AWS finds them."),
    BACKUP_S3_SECRET_KEY("TEXT", "The secret key that belongs to the access key.", true),
    BACKUPS_KEPT("NUMBER", "How many backups of each tenant are kept."),
    BACKUP_DRILL_DAYS(
            "NUMBER",
            "Within how many days the newest scheduled backup of each tenant is restored as a drill; 0: no drills."),
    BACKUP_BEFORE_CHANGES(
            "FLAG",
            "Whether a tenant is backed up before its add-ons are updated or uninstalled, and before its schema is"
                    + " migrated: true or false."),
    PROXY_TRUSTED(
            "LIST",
            "Proxies whose headers about client address and TLS are trusted: addresses and networks, separated by commas."),
    IDENTITY_NETWORKS(
            "LIST",
            "Networks that are not public in which identity providers may be, separated by commas. Customers can send"
                    + " requests to everything in them."),
    SMTP_URL(
            "URL",
            "The mail server: smtp://, starttls:// or smtps:// with host and port. Without it, no email is sent."),
    SMTP_USER("NAME", "The user of the mail server. Without it, the server does not sign in."),
    SMTP_PASSWORD("TEXT", "The password of the user of the mail server.", true),
    SMTP_FROM("ADDRESS", "The sender of emails, such as \"Example <noreply@example.com>\"."),
    SMTP_TIMEOUT("SECONDS", "The timeout for answers of the mail server."),
    TEXTS("FOLDER", "A folder with texts of pages that replace or translate the built-in texts."),
    MAIL_TEXTS("FOLDER", "A folder with texts of emails that replace or translate the built-in texts."),
    TITLE("TEXT", "The name of the product, on all pages and in emails: 1 to 60 characters."),
    COLOUR("COLOUR", "The accent colour of all pages and emails, such as #1f6f5c."),
    COLOUR_DARK("COLOUR", "The accent colour of all pages in dark mode."),
    LOGO("FILE", "The logo on all pages: PNG, WebP or SVG, at most 256 KiB."),
    LOGO_DARK("FILE", "The logo in dark mode."),
    ICON("FILE", "The icon of all pages: PNG, WebP or SVG, at most 256 KiB."),
    ICON_DARK("FILE", "The icon in dark mode."),
    FONT("NAME", "The font of all pages: system, grotesque, humanist, serif or rounded."),
    FONT_FILE("FILE", "The font of all pages: WOFF2, at most 512 KiB."),
    SUPPORT("ADDRESS", "Where users get help, on all pages and in emails: an email address or an https address."),
    TERMS("ADDRESS", "The terms that a visitor accepts by signing up: an https or mailto address."),
    PRIVACY("ADDRESS", "How personal data is used: an https or mailto address."),
    IMPRINT("ADDRESS", "Who provides the service: an https or mailto address."),
    FOOTER_LINKS(
            "LIST",
            "More links at the end of pages and emails: Status=https://status.example.com, Blog=https://example.com."),
    SIGN_IN_TEXT("TEXT", "A text on the portal's sign-in page."),
    SIGN_UP_TEXT("TEXT", "A text on the portal's sign-up page."),
    TENANT_SIGN_IN_TEXT("TEXT", "A text on the sign-in page of tenants."),
    PAGE_FOOTER("TEXT", "A text at the end of all pages."),
    MAIL_FOOTER("TEXT", "A text at the end of all emails."),
    STYLESHEET("FILE", "A stylesheet that all pages load last: CSS, at most 256 KiB."),
    STRIPE_SECRET(
            "TEXT",
            "The secrets of Stripe's webhooks, separated by commas. Without it, /payments/stripe does not exist.",
            true),
    STRIPE_ATTRIBUTE(
            "NAME", "The attribute in which a customer or tenant has its id at Stripe (default: stripe.customer)."),
    LAGO_SECRET(
            "TEXT",
            "The secrets of Lago's webhooks, or its public key in PEM. Without it, /payments/lago does not exist.",
            true),
    LAGO_ATTRIBUTE("NAME", "The attribute in which a customer or tenant has its id at Lago (default: lago.customer)."),
    ADDONS("FOLDER", "A folder with add-ons, in addition to those on the class path."),
    MAX_BODY("BYTES", "The maximum size of a call, decompressed."),
    PASSWORD_ROUNDS(
            "NUMBER", "The iterations of PBKDF2 for new passwords. More make guessing, and each sign-in, slower."),
    SERVER_VERSION("VERSION", "The version of Odoo that is reported to clients."),
    LIST_DATABASES("FLAG", "Whether unauthenticated callers may list the databases: true or false."),
    OLD_PROTOCOLS("FLAG", "Whether XML-RPC and JSON-RPC are served, not only JSON-2: true or false."),
    OLD_PROTOCOLS_DEPRECATED("DATE", "Announces since when XML-RPC and JSON-RPC are deprecated, such as 2027-01-01."),
    OLD_PROTOCOLS_SUNSET("DATE", "Announces when XML-RPC and JSON-RPC will be switched off, such as 2028-01-01."),
    NODE("NAME", "The unique name of this node (default: host name and port)."),
    DEMO_CUSTOMERS(
            "FLAG",
            "Whether the demo creates customers with teams, databases and orders if it has none: true or false."),
    ACCESS_LOG("FLAG", "Whether a line is logged for each request: true or false."),
    LOG_FORMAT("FORMAT", "How the log is written: text, or json with one object in each line."),
    OTLP_ENDPOINT(
            "URL",
            "The receiver of traces by OTLP over HTTP, such as http://127.0.0.1:4318. Without it, there are no traces."),
    BACKGROUND_THREADS("NUMBER", "How many threads work on operations in the background, such as campaigns and moves."),
    STOP_DELAY(
            "SECONDS",
            "How long the server still answers after a signal to stop, while it is not ready: for load balancers."),
    STOP_TIMEOUT("SECONDS", "How long running requests may take after a signal to stop.");

    public static final String VARIABLE_PREFIX = "SAAS_";

    private static final String FILE_SUFFIX = "-file";

    private final String label;
    private final String description;
    private final boolean secret;

    SettingOption(String label, String description) {
        this(label, description, false);
    }

    SettingOption(String label, String description, boolean secret) {
        this.label = label;
        this.description = description;
        this.secret = secret;
    }

    /** Returns all keys. Each secret has two: the secret itself, and a file that contains it. */
    public static List<String> keys() {
        return Arrays.stream(values())
                .flatMap(option -> option.secret ? Stream.of(option.key(), option.fileKey()) : Stream.of(option.key()))
                .toList();
    }

    public static @Nullable SettingOption of(String key) {
        for (SettingOption option : values()) {
            if (option.key().equals(key) || (option.secret && option.fileKey().equals(key))) {
                return option;
            }
        }
        return null;
    }

    /** Returns the key in a properties file, such as {@code main-db}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String fileKey() {
        return key() + FILE_SUFFIX;
    }

    /** Returns the name of the environment variable, such as {@code SAAS_MAIN_DB}. */
    public static String variable(String key) {
        return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Returns the key of an environment variable, even if no such setting exists. */
    public static String keyOf(String variable) {
        return variable.substring(VARIABLE_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '-');
    }

    public String label() {
        return label;
    }

    public String description() {
        return description;
    }

    public boolean secret() {
        return secret;
    }
}
