// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.support;

import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.Tenant;
import dev.allotment.portal.support.AccessRow.Actions;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessId;
import dev.allotment.support.SupportAccessState;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportRight;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The operators' page about support access: it requests access, and enters the databases of customers that agreed. */
public final class OperatorSupportPages {
    private static final String PATH = "/admin/support";
    private static final String SECTION = "admin-support";
    private static final String DATABASE = "database";
    private static final String RIGHT = "right";
    private static final String MEMBER = "member";
    private static final String REASON = "reason";
    private static final Map<String, String> NOTICES = Map.of(
            "requested", "The request is sent. The customer answers it.",
            "granted", "The standing answer of the customer has granted the access.",
            "refused", "The standing answer of the customer has refused the access.",
            "withdrawn", "The access has ended.");

    private OperatorSupportPages() {}

    /** Adds the pages to the routes. */
    public static void add(Routes routes) {
        routes.showOperator(PATH, OperatorSupportPages::show);
        routes.acceptOperator(PATH, Permission.ENTER_FOR_SUPPORT, OperatorSupportPages::request);
        routes.acceptOperator(PATH + "/{access}/enter", Permission.ENTER_FOR_SUPPORT, OperatorSupportPages::enter)
                .proven();
        routes.acceptOperator(
                PATH + "/{access}/withdraw", Permission.ENTER_FOR_SUPPORT, OperatorSupportPages::withdraw);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, Form.sent(exchange, DATABASE).set(RIGHT, word(SupportRight.LOOK)));
    }

    private static String word(SupportRight right) {
        return right.name().toLowerCase(Locale.ROOT);
    }

    private static void request(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, DATABASE, RIGHT, MEMBER, REASON);
        form.require(REASON, "Enter a reason. The customer sees it.");
        Optional<Tenant> tenant =
                visitor
                        .saas()
                        .tenants()
                        .list(Query.where(Filter.equal(Tenant.NAME, form.value(DATABASE)))
                                .page(0, 1))
                        .stream()
                        .findFirst();
        if (tenant.isEmpty()) {
            form.refuse(DATABASE, "There is no database with this name.");
        }
        Optional<SupportRight> right = Arrays.stream(SupportRight.values())
                .filter(each -> word(each).equals(form.value(RIGHT)))
                .findFirst();
        if (right.isEmpty()) {
            form.refuse(RIGHT, "Choose what you need.");
        }
        if (form.isFine()) {
            try {
                SupportAccess access = visitor.saas()
                        .supportAccesses()
                        .request(new NewSupportAccess(
                                tenant.orElseThrow().id(),
                                right.orElseThrow(),
                                form.value(MEMBER).isEmpty() ? null : form.value(MEMBER),
                                form.value(REASON)));
                exchange.redirect(PATH + "?done="
                        + switch (access.state()) {
                            case GRANTED -> "granted";
                            case REFUSED -> "refused";
                            default -> "requested";
                        });
                return;
            } catch (SaasException e) {
                form.refuse("", refusal(e));
            }
        }
        render(exchange, visitor, 422, form);
    }

    /** Returns what the operator can correct or has to wait for; rethrows everything else. */
    private static String refusal(SaasException e) {
        boolean shown = e.category() == ErrorCategory.INVALID_INPUT
                || e.category() == ErrorCategory.CONFLICT
                || e.category() == ErrorCategory.UNSUPPORTED;
        if (!shown) {
            throw e;
        }
        return String.valueOf(e.getMessage());
    }

    private static SupportAccessId id(PortalExchange exchange) {
        return new SupportAccessId(exchange.pathId("access"));
    }

    /** Shows a link instead of following it: a form of this page may not end at the host of a customer. */
    private static void enter(PortalExchange exchange, Visitor visitor) throws IOException {
        SignInLink link;
        SupportAccess access;
        try {
            link = visitor.saas().supportAccesses().open(id(exchange));
            access = visitor.saas().supportAccesses().get(id(exchange));
        } catch (SaasException e) {
            refuse(exchange, visitor, e);
            return;
        }
        String database = visitor.saas().tenants().get(access.tenantId()).name();
        exchange.render(
                "admin/enter-support",
                exchange.page("Enter " + database, SECTION),
                new EnterView(
                        database,
                        link.url().toString(),
                        SupportAccesses.LINK_LIFE.toSeconds(),
                        access.right() == SupportRight.LOOK));
    }

    private static void withdraw(PortalExchange exchange, Visitor visitor) throws IOException {
        try {
            var unused = visitor.saas().supportAccesses().withdraw(id(exchange));
        } catch (SaasException e) {
            refuse(exchange, visitor, e);
            return;
        }
        exchange.redirect(PATH + "?done=withdrawn");
    }

    private static void refuse(PortalExchange exchange, Visitor visitor, SaasException e) throws IOException {
        Form form = new Form().set(RIGHT, word(SupportRight.LOOK));
        form.refuse("", refusal(e));
        render(exchange, visitor, 409, form);
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        boolean enters = visitor.may(Permission.ENTER_FOR_SUPPORT);
        exchange.render(
                status,
                "admin/support",
                exchange.page("Support access", SECTION, NOTICES.get(exchange.param("done"))),
                new OperatorSupportView(
                        SupportRows.rows(
                                visitor,
                                SupportRows.read(visitor, Filter.all()),
                                each -> enters ? actions(visitor, each) : Actions.NONE),
                        SupportRows.MOST,
                        enters,
                        form));
    }

    private static Actions actions(Visitor visitor, SupportAccess access) {
        boolean own = access.operatorId().equals(visitor.user().id());
        return new Actions(false, false, own && access.state() == SupportAccessState.GRANTED, access.endedAt() == null);
    }
}
