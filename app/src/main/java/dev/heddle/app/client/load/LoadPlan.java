package dev.heddle.app.client.load;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * What load to put on which server.
 *
 * @param server its address, without {@code /v1}
 * @param key an API key; nothing if it asks for none
 * @param models that are asked, the most popular first; at least one
 * @param requests how many are counted, &ge; 1
 * @param warmUp how many are sent before, one after the other, and not counted
 * @param pace when they are sent
 * @param alpha skew of the models' popularity, &ge; 0
 * @param ignoreEos answers have all the tokens they may have: an extension of vLLM and Heddle
 * @param ttft the longest time to first token that is good
 * @param tpot the longest mean time between tokens that is good
 * @param seed decides everything that is drawn
 */
public record LoadPlan(
    URI server,
    String key,
    List<String> models,
    int requests,
    int warmUp,
    Pace pace,
    double alpha,
    Lengths promptWords,
    Lengths answerTokens,
    boolean ignoreEos,
    Duration ttft,
    Duration tpot,
    long seed) {}
