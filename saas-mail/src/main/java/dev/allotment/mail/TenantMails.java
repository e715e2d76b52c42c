// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.billing.Payment;
import dev.allotment.billing.TenantPayment;
import dev.allotment.hook.SaasListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends emails to the owner of a tenant: that it was created (if its creator requested this email), expires soon, was
 * suspended, is not paid, is open again, got a new end date, or was deleted. The accounts of a customer that has not
 * paid get the notices of its plan. Also informs the user of an account that its password
 * was changed, if the account has an email address and the password was not imported; that a browser which is new to
 * the account signed in; and that its second factor was set up, turned off or reset, a recovery code was used, or a
 * passkey was added or removed. If an
 * account requests an
 * erasure, it gets a receipt, and the administrators are informed. If another account changes or removes a member of a
 * team, the member is informed, and so are the owners of the team if it has another owner. Who may answer for a
 * customer is informed of requests for support access, of their answers, and of each time that an operator enters.
 *
 * <p>Events are delivered at least once. The Message-ID is derived from the event, so receivers can detect a copy. If
 * an email cannot be sent now, the event is delivered again later. If it can never be sent, this is logged and the
 * email is dropped. Thread-safe; does I/O.
 */
public final class TenantMails implements SaasListener {
    private static final Logger LOG = System.getLogger("dev.allotment.mail");
    private static final String EXPIRED = "expired";
    private static final String MISSING = "missing";
    private static final String UNPAID = "unpaid";
    private static final String PORTAL = "portal";
    private static final String PAY = "pay";
    private static final int MOST_READERS = 20;
    private static final Map<EventType, MailKind> ABOUT_SIGN_IN = Map.of(
            EventType.NEW_DEVICE, MailKind.NEW_DEVICE,
            EventType.FACTOR_SET, MailKind.FACTOR_SET,
            EventType.FACTOR_TURNED_OFF, MailKind.FACTOR_TURNED_OFF,
            EventType.FACTOR_RESET, MailKind.FACTOR_RESET,
            EventType.FACTOR_CODE_USED, MailKind.FACTOR_CODE_USED,
            EventType.PASSKEY_ADDED, MailKind.PASSKEY_ADDED,
            EventType.PASSKEY_REMOVED, MailKind.PASSKEY_REMOVED,
            EventType.IDENTITY_LINKED, MailKind.IDENTITY_LINKED,
            EventType.IDENTITY_UNLINKED, MailKind.IDENTITY_UNLINKED);

    private final Mailer mailer;
    private final MailTexts texts;
    private final Supplier<Saas> saas;
    private final TeamMails teams;
    private final SupportMails support;

    /**
     * Creates the listener.
     *
     * @param saas the control plane with all rights; first called when an event is delivered
     */
    public TenantMails(Mailer mailer, MailTexts texts, Supplier<Saas> saas) {
        this.mailer = mailer;
        this.texts = texts;
        this.saas = saas;
        teams = new TeamMails(this::send);
        support = new SupportMails(this::send);
    }

    @Override
    public String name() {
        return "mail";
    }

    @Override
    public void on(Event event) {
        Saas plane = saas.get();
        if (event.type() == EventType.PASSWORD_CHANGED && !event.details().containsKey("imported")) {
            Optional.ofNullable(event.userId())
                    .flatMap(plane.accounts()::find)
                    .filter(user -> user.email() != null)
                    .ifPresent(user -> send(event, MailKind.PASSWORD_CHANGED, user, values(plane, user)));
        }
        MailKind aboutSignIn = ABOUT_SIGN_IN.get(event.type());
        if (aboutSignIn != null) {
            Optional.ofNullable(event.userId())
                    .flatMap(plane.accounts()::find)
                    .filter(user -> user.email() != null)
                    .ifPresent(user -> informOfSignIn(plane, event, aboutSignIn, user));
        }
        if (event.type() == EventType.ERASURE_REQUESTED) {
            // It may have been withdrawn meanwhile, and replaced by another one.
            Optional.ofNullable(event.userId())
                    .flatMap(plane.accounts()::find)
                    .filter(user -> String.valueOf(user.erasureRequestedAt())
                            .equals(event.details().get("requestedAt")))
                    .ifPresent(user -> informOfRequest(plane, event, user));
        }
        if (event.type() == EventType.WEBHOOK_DISABLED && event.details().containsKey("failed")) {
            informOfWebhook(plane, event);
        }
        teams.inform(plane, event);
        support.inform(plane, event);
        if (event.tenantId() == null) {
            informOfPayment(plane, event);
            return;
        }
        Optional<Tenant> tenant = plane.tenants().find(event.tenantId());
        Optional<User> owner = tenant.map(Tenant::ownerId).flatMap(id -> owner(plane, id));
        if (tenant.isEmpty() || owner.isEmpty()) {
            return;
        }
        Payment payment = payment(plane, event, tenant.get());
        MailKind kind = kind(event, tenant.get(), payment != null && !payment.paid());
        if (kind != null) {
            Map<String, String> values = values(plane, event, tenant.get(), owner.get());
            values.put(PAY, pay(payment, values));
            send(event, kind, owner.get(), values);
        }
    }

    private void informOfSignIn(Saas plane, Event event, MailKind kind, User user) {
        Map<String, String> values = new HashMap<>(values(plane, user));
        values.put("browser", event.details().getOrDefault("browser", ""));
        values.put("address", event.clientAddress() == null ? "?" : event.clientAddress());
        values.put("date", date(event.at(), user));
        values.put("left", event.details().getOrDefault("left", ""));
        send(event, kind, user, values);
    }

    private void informOfRequest(Saas plane, Event event, User user) {
        if (user.email() != null) {
            send(event, MailKind.ERASURE_REQUESTED, user, values(plane, user));
        }
        Filter<User> administrators = Filter.and(
                Filter.equal(User.ROLE, Role.ADMINISTRATOR),
                Filter.equal(User.ACTIVE, true),
                Filter.notEqual(User.EMAIL, null));
        Instant end = event.at().atZone(ZoneOffset.UTC).plusMonths(1).toInstant();
        plane.accounts()
                .list(Query.where(administrators).orderBy(User.ID).page(0, MOST_READERS))
                .forEach(each -> {
                    Map<String, String> values = new HashMap<>(values(plane, each));
                    // The login of the account is chosen by its user, and may look like a link.
                    values.put("link", values.get(PORTAL) + "/admin/users/" + user.id());
                    values.put("date", date(end, each));
                    send(event.uuid() + "-" + each.id(), event, MailKind.ERASURE_TO_DECIDE, each, values);
                });
    }

    /** The accounts of the customer, or the administrators if the endpoint is for operators. */
    private void informOfWebhook(Saas plane, Event event) {
        String customer = event.details().get("customer");
        Filter<User> readers = customer == null
                ? Filter.equal(User.ROLE, Role.ADMINISTRATOR)
                : Filter.equal(User.CUSTOMER_ID, new CustomerId(Long.parseLong(customer)));
        accounts(plane, readers).forEach(each -> {
            Map<String, String> values = new HashMap<>(values(plane, each));
            values.put("webhook", event.details().getOrDefault("webhook", ""));
            send(event.uuid() + "-" + each.id(), event, MailKind.WEBHOOK_DISABLED, each, values);
        });
    }

    /** Sends nothing if the payment was made meanwhile. */
    private void informOfPayment(Saas plane, Event event) {
        String customer = event.details().get("customer");
        if (event.type() != EventType.PAYMENT_DUE || customer == null) {
            return;
        }
        CustomerId id = new CustomerId(Long.parseLong(customer));
        plane.payments()
                .ofCustomer(id)
                .filter(payment -> !payment.paid())
                .ifPresent(payment -> accounts(plane, Filter.equal(User.CUSTOMER_ID, id))
                        .forEach(each -> {
                            Map<String, String> values = new HashMap<>(values(plane, each));
                            values.put(PAY, pay(payment, values));
                            suspendsAt(event).ifPresent(end -> values.put("date", date(end, each)));
                            send(event.uuid() + "-" + each.id(), event, MailKind.PAYMENT_DUE, each, values);
                        }));
    }

    private static List<User> accounts(Saas plane, Filter<User> readers) {
        Filter<User> reachable =
                Filter.and(readers, Filter.equal(User.ACTIVE, true), Filter.notEqual(User.EMAIL, null));
        return plane.accounts().list(Query.where(reachable).orderBy(User.ID).page(0, MOST_READERS));
    }

    /** Returns null if the event is about something else, or if no payment applies to the tenant. */
    private static @Nullable Payment payment(Saas plane, Event event, Tenant tenant) {
        boolean about = event.type() == EventType.PAYMENT_DUE
                || (event.type() == EventType.TENANT_SUSPENDED
                        && UNPAID.equals(event.details().get("cause")));
        TenantPayment applying =
                about ? plane.payments().applying(List.of(tenant)).get(tenant.id()) : null;
        return applying == null ? null : applying.payment();
    }

    /** Where to pay; the portal if the payment system has not said it. */
    private static String pay(@Nullable Payment payment, Map<String, String> values) {
        String url = payment == null ? null : payment.payUrl();
        return url == null ? values.getOrDefault(PORTAL, "") : url;
    }

    private static Optional<Instant> suspendsAt(Event event) {
        try {
            return Optional.of(Instant.parse(event.details().getOrDefault("suspendsAt", "")));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<User> owner(Saas plane, UserId id) {
        return plane.accounts().find(id);
    }

    /** Returns null if no email is sent, or if the event is outdated. */
    private static @Nullable MailKind kind(Event event, Tenant tenant, boolean late) {
        boolean live = tenant.state().live();
        return switch (event.type()) {
            case TENANT_CREATED ->
                live && "true".equals(event.details().get("notify")) ? MailKind.TENANT_CREATED : null;
            case TENANT_EXPIRING ->
                live && isLatest(event, tenant) && !tenant.suspendedFor().contains(EXPIRED)
                        ? MailKind.TENANT_EXPIRING
                        : null;
            case TENANT_STORAGE_EXCEEDED -> live && tenant.storageExceeded() ? MailKind.TENANT_STORAGE_EXCEEDED : null;
            case TENANT_SUSPENDED -> live ? suspended(event, tenant) : null;
            case PAYMENT_DUE -> live && late ? MailKind.TENANT_PAYMENT_DUE : null;
            case TENANT_RESUMED ->
                tenant.state() == TenantState.OPEN
                                && !MISSING.equals(event.details().get("cause"))
                        ? MailKind.TENANT_RESUMED
                        : null;
            case TENANT_EXTENDED -> live ? extended(event, tenant) : null;
            case TENANT_RETAINED -> tenant.retainedUntil() != null ? MailKind.TENANT_RETAINED : null;
            case TENANT_DELETED -> MailKind.TENANT_DELETED;
            default -> null;
        };
    }

    /** Whether a notice names the current end date. It may be late, or delivered again. */
    private static boolean isLatest(Event event, Tenant tenant) {
        return String.valueOf(tenant.expiresAt()).equals(event.details().get("expiresAt"));
    }

    /**
     * Returns null if the tenant was resumed in between. The owner would otherwise believe that it is still suspended.
     */
    private static @Nullable MailKind suspended(Event event, Tenant tenant) {
        String cause = event.details().getOrDefault("cause", "");
        if (!tenant.suspendedFor().contains(cause)) {
            return null;
        }
        return switch (cause) {
            case EXPIRED -> MailKind.TENANT_SUSPENDED_EXPIRED;
            case "storage" -> MailKind.TENANT_SUSPENDED_STORAGE;
            case UNPAID -> MailKind.TENANT_SUSPENDED_UNPAID;
            // The operator explains this to the owner.
            case MISSING -> null;
            default -> {
                if ("false".equals(event.details().get("notify"))) {
                    yield null;
                }
                yield event.details().containsKey("reason")
                        ? MailKind.TENANT_SUSPENDED_REASON
                        : MailKind.TENANT_SUSPENDED_MANUAL;
            }
        };
    }

    /** Returns null if the new end date was in the past already: the suspension that follows has its own email. */
    private static @Nullable MailKind extended(Event event, Tenant tenant) {
        Instant expiresAt = tenant.expiresAt();
        if (expiresAt == null) {
            return MailKind.TENANT_UNLIMITED;
        }
        return expiresAt.isAfter(event.at()) ? MailKind.TENANT_EXTENDED : null;
    }

    static Map<String, String> values(Saas plane, User reader) {
        return Map.of(
                "user",
                MailFormats.name(reader.name(), reader.login()),
                PORTAL,
                plane.parameters().value(Parameter.BASE_URL).orElse(""));
    }

    private static Map<String, String> values(Saas plane, Event event, Tenant tenant, User owner) {
        Map<String, String> values = new HashMap<>(values(plane, owner));
        values.put("database", event.details().getOrDefault("name", tenant.name()));
        values.put("used", event.details().getOrDefault("used", "") + " MB");
        values.put("limit", MailFormats.megabytes(Long.toString(tenant.storageLimitMb()), owner.lang()));
        values.put("reason", event.details().getOrDefault("reason", ""));
        if (event.type() != EventType.TENANT_DELETED) {
            values.put("url", plane.tenants().publicUrl(tenant).toString());
        }
        Instant end = event.type() == EventType.TENANT_RETAINED ? tenant.retainedUntil() : tenant.expiresAt();
        if (event.type() == EventType.PAYMENT_DUE) {
            end = suspendsAt(event).orElse(null);
        }
        if (end != null) {
            values.put("date", date(end, owner));
        }
        return values;
    }

    private static String date(Instant instant, User reader) {
        return MailFormats.date(instant, reader.lang(), reader.tz());
    }

    private void send(Event event, MailKind kind, User owner, Map<String, String> values) {
        send(event.uuid().toString(), event, kind, owner, values);
    }

    /** @param id identifies the email; one event may have several */
    private void send(String id, Event event, MailKind kind, User owner, Map<String, String> values) {
        String address = owner.email() == null ? owner.login() : owner.email();
        MailTexts.Written written =
                texts.write(kind, owner.lang(), MailFormats.usual(saas.get()), values, MailFrame.of(saas.get()));
        try {
            mailer.send(new Mail(id, address, written.subject(), written.text(), written.html(), event.at()));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.MAIL_REFUSED)) {
                throw e;
            }
            LOG.log(
                    Level.WARNING,
                    "An email was refused and is dropped: user=" + owner.id() + " event=" + event.id() + " type="
                            + event.type() + " " + e.getMessage());
        }
    }
}
