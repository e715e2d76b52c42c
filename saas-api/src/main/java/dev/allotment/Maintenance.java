// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;

/**
 * What has to be done as time goes by. A host calls it every few seconds, on as many nodes as it has: each thing is done
 * once. What is due is read off the records themselves, so nothing is lost when a node dies, and a call costs what is due,
 * not what there is. Thread-safe.
 *
 * <p>A host needs two threads for it at least: one that calls {@link #run}, which may take as long as what is due takes, and
 * one that calls {@link #renewLeases} meanwhile. So that a slow listener holds up nothing else, it calls {@link #runDue} instead of
 * {@code run}, and {@link #deliver} for each of the {@link #listeners} on a thread of its own; and so that nothing else holds up what
 * a dead node has left, {@link #recover} on another one.
 */
public interface Maintenance {
    /**
     * All that is due: {@link #runDue}, and then {@link #deliver} for one listener after the other.
     *
     * @return how many things were done
     */
    int run();

    /**
     * Finishes or undoes operations that lost their node, suspends and resumes client databases as their time and storage
     * say, tells owners in advance, removes what has expired, builds templates anew
     * that their plan or add-ons have changed, keeps spare databases in stock, and asks database servers how they are. What
     * fails is logged, does not keep the rest from being done, and is tried again by a later call; only an {@link Error}
     * comes out, after the rest was done.
     *
     * @return how many things were done
     */
    int runDue();

    /**
     * Finishes or undoes operations that lost their node, which is a part of {@link #runDue}. A host that calls it on a thread of
     * its own takes over from a node that died within half a minute, also while {@code #runDue} takes long to build a template or
     * to make a final backup.
     *
     * @return how many operations were ended
     */
    int recover();

    /** The names of all listeners of this control plane, in order. */
    List<String> listeners();

    /**
     * Tells a listener what is due, up to a hundred events. Where a thread of this process is telling it already, nothing is
     * done: it is not called by two of them at once.
     *
     * @return how many events it was told
     * @throws SaasException {@code configuration.invalid} where there is no such listener
     */
    int deliver(String listener);

    /**
     * Keeps what this process is at work on from being taken for what a dead one left, and taken over by another after 20
     * seconds: operations that were begun by any call, and what a listener is being told. Takes a few short transactions of
     * the catalog, and none where nothing is under way. To be called every five seconds or so, on a thread that waits for
     * nothing else; without it, what takes longer than 20 seconds, such as a final backup, is done by two nodes at once.
     */
    void renewLeases();
}
