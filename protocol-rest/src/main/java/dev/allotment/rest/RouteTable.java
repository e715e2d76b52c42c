// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest;

import static java.util.Map.entry;

import dev.allotment.rest.resource.AccountRoutes;
import dev.allotment.rest.resource.ActivityRoutes;
import dev.allotment.rest.resource.BackupRoutes;
import dev.allotment.rest.resource.CampaignRoutes;
import dev.allotment.rest.resource.CustomerRoutes;
import dev.allotment.rest.resource.DomainRoutes;
import dev.allotment.rest.resource.EventRoutes;
import dev.allotment.rest.resource.ExportRoutes;
import dev.allotment.rest.resource.InvitationRoutes;
import dev.allotment.rest.resource.KeyRoutes;
import dev.allotment.rest.resource.MailDomainRoutes;
import dev.allotment.rest.resource.MemberRoutes;
import dev.allotment.rest.resource.OperationRoutes;
import dev.allotment.rest.resource.PaymentRoutes;
import dev.allotment.rest.resource.PlanRoutes;
import dev.allotment.rest.resource.ProviderRoutes;
import dev.allotment.rest.resource.ServerRoutes;
import dev.allotment.rest.resource.SupportRoutes;
import dev.allotment.rest.resource.TeamRoutes;
import dev.allotment.rest.resource.TemplateRoutes;
import dev.allotment.rest.resource.TenantRoutes;
import dev.allotment.rest.resource.TenantVerbs;
import dev.allotment.rest.resource.UsageRoutes;
import dev.allotment.rest.resource.WebhookRoutes;
import dev.allotment.rest.route.Problem;
import dev.allotment.rest.route.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All routes. Dispatch, rights, the OpenAPI document and the reference are made from this table. Immutable and
 * thread-safe.
 */
public final class RouteTable {
    /** What the paths are about, by their first part. */
    private static final Map<String, String> TEXTS = Map.ofEntries(
            entry("tenants", "Databases of customers, from their creation to the proof of their deletion."),
            entry("domains", "Custom domains of tenants."),
            entry("usage", "What tenants have used on each day."),
            entry("operations", "Actions of more than one step, with their progress."),
            entry("plans", "What is sold, with its versions, prices and limits."),
            entry("offers", "The plans that an account can create tenants on by itself."),
            entry("customers", "The parties that accounts act for and tenants belong to."),
            entry("invitations", "Invitations to teams, for those who have their secrets."),
            entry("identity-providers", "The identity providers that people sign in with."),
            entry("support", "Requests of operators to enter tenants, and the answers of their customers."),
            entry("me", "The account that the API key belongs to."),
            entry("accounts", "Accounts and their roles."),
            entry("keys", "API keys, with their scopes."),
            entry("payments", "Whether customers and tenants have paid, as the payment system has reported it."),
            entry("events", "The entries of the audit log."),
            entry("webhooks", "The endpoints that events and usage are sent to."),
            entry("webhook-messages", "Messages to webhook endpoints, and the attempts to send them."),
            entry("servers", "The database servers that tenants are on."),
            entry("templates", "The databases that are cloned for new tenants."),
            entry("addons", "The add-ons that a template can be built with."),
            entry("campaigns", "Operations that bring many tenants to one state."));

    private final List<Route> routes;
    private final Map<String, List<Route>> groups = new LinkedHashMap<>();

    /**
     * A route that was found.
     *
     * @param variables the texts of the variables of the path, by name
     */
    public record Found(Route route, Map<String, String> variables) {}

    private RouteTable(List<Route> routes) {
        this.routes = routes;
        routes.forEach(each ->
                groups.computeIfAbsent(each.group(), group -> new ArrayList<>()).add(each));
    }

    /** Returns the table. */
    public static RouteTable all() {
        return new RouteTable(Stream.of(
                        TenantRoutes.all(),
                        TenantVerbs.all(),
                        ActivityRoutes.all(),
                        MemberRoutes.all(),
                        BackupRoutes.all(),
                        ExportRoutes.all(),
                        DomainRoutes.all(),
                        UsageRoutes.all(),
                        OperationRoutes.all(),
                        PlanRoutes.all(),
                        CustomerRoutes.all(),
                        TeamRoutes.all(),
                        InvitationRoutes.all(),
                        SupportRoutes.all(),
                        ProviderRoutes.all(),
                        MailDomainRoutes.all(),
                        AccountRoutes.all(),
                        KeyRoutes.all(),
                        PaymentRoutes.all(),
                        EventRoutes.all(),
                        WebhookRoutes.all(),
                        ServerRoutes.all(),
                        TemplateRoutes.all(),
                        CampaignRoutes.all())
                .flatMap(List::stream)
                .toList());
    }

    /**
     * Returns the route of a request.
     *
     * @param path below {@link Route#ROOT}
     * @throws Problem 404 or 405
     */
    Found find(String method, String path) {
        Map<String, Found> byMethod = at(path);
        Found found = byMethod.get(method.equals("HEAD") ? "GET" : method);
        if (found == null) {
            throw Problem.method(method, methods(byMethod.keySet()));
        }
        return found;
    }

    /**
     * Returns the methods of a path.
     *
     * @throws Problem 404
     */
    Set<String> methods(String path) {
        return methods(at(path).keySet());
    }

    private static Set<String> methods(Set<String> own) {
        Set<String> methods = new TreeSet<>(own);
        methods.add("OPTIONS");
        if (own.contains("GET")) {
            methods.add("HEAD");
        }
        return methods;
    }

    private Map<String, Found> at(String path) {
        Map<String, Found> byMethod = new TreeMap<>();
        for (Route each : groups.getOrDefault(Route.group(path), List.of())) {
            Map<String, String> variables = each.match(path);
            if (variables != null) {
                byMethod.putIfAbsent(each.method(), new Found(each, variables));
            }
        }
        if (byMethod.isEmpty()) {
            throw Problem.of(
                    404,
                    Problem.PATH,
                    "There is nothing at this path. The reference is at " + Route.ROOT
                            + ", and the OpenAPI document at " + Route.ROOT + OpenApi.PATH + ".");
        }
        return byMethod;
    }

    /** Returns the routes in the order of the reference. */
    public List<Route> routes() {
        return routes;
    }

    /** Returns what the paths with the same first part are about. */
    static String text(String group) {
        return Objects.requireNonNull(TEXTS.get(group), group);
    }

    /** Returns the routes by the first part of their paths. */
    Map<String, List<Route>> groups() {
        return groups;
    }
}
