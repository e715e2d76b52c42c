// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.life;

import dev.allotment.AddonStatus;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DeletionProof;
import dev.allotment.DuplicateTenant;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanSwitch;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.fleet.Server;
import dev.allotment.hook.DomainVerifier;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.SaasListener;
import dev.allotment.hook.TenantTransaction;
import dev.allotment.testing.MemoryBackupStore;
import dev.allotment.testing.SettableClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The life of one tenant in chapters, from the sign-up of its owner to the proof of deletion.
 *
 * <p>The example sets its own clock. After some time has passed, it calls {@code maintenance().run()}, which a server
 * calls every few seconds. It stores everything in memory.
 */
public final class Life {
    private final SettableClock clock = SettableClock.at("2026-03-01T09:00:00Z");
    private final Domains domains = new Domains();
    private final Saas saas = Saas.builder()
            .backend("h2", Map.of("memory", "true"))
            .clock(clock)
            .listener(new Notices())
            .neutraliser(new MailOff())
            .domainVerifier(domains)
            .preDeletionBackup(tenant -> "backups/" + tenant.name() + ".zip")
            .backupStore(new MemoryBackupStore(clock))
            .secretKey("a secret key, which encrypts the keys of the backups")
            .open();

    private Life() {}

    /**
     * Runs the example. Takes no arguments.
     *
     * @throws IOException never, since the export is written to memory
     */
    public static void main(String[] args) throws IOException {
        Life life = new Life();
        try {
            life.run();
        } finally {
            life.saas.close();
        }
    }

    private void run() throws IOException {
        chapter("A customer signs up for a trial of a plan");
        Plan small = saas.plans()
                .create(Plan.builder("Small")
                        .dbNameTemplate("shop-%i")
                        .maxUsers(2)
                        .trialHours(14 * 24)
                        .tags(List.of("eu"))
                        .build());
        saas.templates().build(small.id(), List.of("orders"));
        User owner = saas.accounts()
                .signUp(SignUp.builder("client@example.com", "Client Name", "a password")
                        .build());
        Tenant shop = saas.tenants()
                .create(CreateTenant.onPlan(small).owner(owner).trial(true).build())
                .tenant();
        show(shop);
        say("Its URL is " + saas.tenants().publicUrl(shop) + " and its tags are " + shop.tags());

        chapter("The trial is about to expire: the owner is notified and gets another week");
        pass(Duration.ofDays(12));
        saas.tenants().extend(shop.id(), clock.instant().plus(Duration.ofDays(9)), "requested on the phone");
        show(shop);

        chapter("The extended trial expires: the database is suspended until the owner has paid");
        pass(Duration.ofDays(7));
        pass(Duration.ofDays(2));
        show(shop);
        saas.tenants().extend(shop.id(), Instant.parse("2027-03-22T09:00:00Z"), "paid for a year");
        saas.maintenance().run();
        saas.tenants().update(shop.id(), each -> each.toBuilder().trial(false).build());
        show(shop);

        chapter("The plan changes: the customer keeps the old version, and previews a switch to another plan");
        saas.plans().update(small.id(), each -> each.toBuilder().maxUsers(1).build());
        Plan large = saas.plans()
                .create(Plan.builder("Large").maxUsers(20).storageLimitMb(500).build());
        saas.plans()
                .update(
                        large.id(),
                        each -> each.toBuilder()
                                .templateId(saas.plans().get(small.id()).templateId())
                                .build());
        say("Plan Small is sold in version " + saas.plans().get(small.id()).version());
        show(shop);
        PlanSwitch preview = saas.tenants().previewSwitch(shop.id(), large.id(), 0);
        preview.changes()
                .forEach(each -> say("Would change " + each.field() + ": " + each.from() + " -> " + each.to()));
        say("Over the new limits: " + preview.exceeded() + "; add-ons to remove: " + preview.addonsToRemove());
        saas.tenants().switchPlan(SwitchPlan.builder(shop.id(), large.id()).build());
        show(shop);

        chapter("The customer adds its own domain after proving that it owns it");
        try {
            saas.customDomains().add(shop.id(), "www.customer.com");
        } catch (SaasException e) {
            say(e.code() + ": "
                    + saas.customDomains()
                            .instructions(shop.id(), "www.customer.com")
                            .orElse(""));
        }
        domains.proven.add("www.customer.com");
        saas.customDomains().add(shop.id(), "WWW.customer.com");
        saas.tenants().rename(shop.id(), "store");
        say("www.customer.com is the host of "
                + saas.tenants()
                        .findByHost("www.customer.com:443")
                        .map(Tenant::name)
                        .orElse("nothing"));

        chapter("A copy for experiments: neutralized before it is opened");
        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("playground")
                        .expirationHours(48)
                        .build())
                .tenant();
        show(copy);
        say("Neutralized by "
                + saas.database("playground")
                        .parameters()
                        .value(Parameter.NEUTRALISED)
                        .orElse("none"));
        saas.tenants().purge(copy.id());

        chapter("A copy that shows what a change does, and deletes itself");
        Tenant copyForToday = saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("preview")
                        .preview(8)
                        .build())
                .tenant();
        show(copyForToday);
        pass(Duration.ofHours(9));
        show(copyForToday);

        chapter("Backed up, and brought back after a mistake");
        Backup backup = saas.backups().create(shop.id(), null);
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().uninstall("orders").build());
        showAddons();
        saas.backups().restoreInPlace(shop.id(), backup.id(), null);
        showAddons();
        say("Backups: " + saas.backups().list(shop.id()).size() + ", since the state before was backed up, too");

        chapter("Moved to another database server, with the same identity");
        Server second = saas.servers()
                .create(Server.builder("second")
                        .backend("h2")
                        .settings(Map.of("memory", "true"))
                        .build());
        saas.tenants().move(shop.id(), second.id());
        say("It is on server "
                + saas.servers().get(saas.tenants().get(shop.id()).serverId()).name());

        chapter("Taken home: everything in files that other programs read");
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        saas.exports().write(shop.id(), archive);
        try (ZipInputStream files = new ZipInputStream(new ByteArrayInputStream(archive.toByteArray()))) {
            for (ZipEntry file = files.getNextEntry(); file != null; file = files.getNextEntry()) {
                say(file.getName());
            }
        }

        chapter("Deleted by mistake, and restored");
        saas.parameters().set(Parameter.RETENTION_DAYS, "30");
        saas.tenants().delete(shop.id());
        show(shop);
        pass(Duration.ofDays(29));
        saas.tenants().restore(shop.id());
        show(shop);

        chapter("Deleted permanently");
        saas.tenants().delete(shop.id());
        pass(Duration.ofDays(30));
        show(shop);
        DeletionProof proof = saas.tenants().proofOfDeletion(shop.id()).orElseThrow();
        say("Deleted by " + proof.requestedBy() + " on " + proof.requestedAt() + ", saved to " + proof.backup());
        say("On " + proof.verifiedAt() + " server " + proof.server() + " was checked: gone are " + proof.verified());
    }

    /** Lets time pass, and then runs due work. */
    private void pass(Duration duration) {
        clock.advance(duration);
        saas.maintenance().run();
        saas.maintenance().run();
    }

    private void show(Tenant tenant) {
        Tenant now = saas.tenants().get(tenant.id());
        say(now.name() + " is " + now.state() + (now.suspendedFor().isEmpty() ? "" : " for " + now.suspendedFor())
                + (now.trial() ? ", a trial" : "") + " on plan " + now.planId() + ", version " + now.planVersion()
                + ", for " + now.maxUsers() + " users, until " + now.expiresAt());
    }

    private void showAddons() {
        say("Installed: "
                + saas
                        .database("store")
                        .addons()
                        .list(Query.where(Filter.equal(AddonStatus.INSTALLED, true))
                                .orderBy(AddonStatus.NAME))
                        .stream()
                        .map(AddonStatus::name)
                        .toList());
    }

    private static void chapter(String title) {
        System.out.println();
        System.out.println("# " + title);
    }

    private static void say(String line) {
        System.out.println(line);
    }

    /** Takes the place of a listener that sends emails. Maintenance delivers the events. */
    private static final class Notices implements SaasListener {
        @Override
        public String name() {
            return "notices";
        }

        @Override
        public void on(Event event) {
            switch (event.type()) {
                case TENANT_EXPIRING, TENANT_SUSPENDED, TENANT_RESUMED ->
                    say("Email to the owner: " + event.type() + " on " + event.at());
                default -> {}
            }
        }
    }

    /** Prevents copies from sending mail. */
    private static final class MailOff implements Neutraliser {
        @Override
        public String name() {
            return "mail";
        }

        @Override
        public void neutralise(Tenant copy, TenantTransaction transaction) {
            // An application would disable its mail servers in its tables here, with transaction.run(script).
        }
    }

    /** Takes the place of a DNS lookup. */
    private static final class Domains implements DomainVerifier {
        private final Set<String> proven = new HashSet<>();

        @Override
        public String instructions(Tenant tenant, String host) {
            return "Publish a TXT record at _allotment." + host + " with the identity of " + tenant.name() + ".";
        }

        @Override
        public boolean verify(Tenant tenant, String host) {
            return proven.contains(host);
        }
    }
}
