/* SPDX-License-Identifier: Apache-2.0 */
/* Draws and distributions in fixed-point integers.
 *
 * A draw is a hash of its key: two rounds of a 64-bit finaliser (multiply, xor-shift, as in splitmix64) over
 * seed, stream and number. Logarithms come from a table of ln(1 + i/256) and four terms of the series for
 * the rest, so that no floating point and no library of the machine takes part. */
#include "sim/random.h"

#include "sim/check.h"

__extension__ typedef unsigned __int128 uint128;

/* ln 2 with 58 bits behind the point. */
#define LN2_Q58 UINT64_C(0x02c5c85fdf473de7)

/* 1 / 2.3263478740408411, the 99th percentile of the normal distribution, with 62 bits. */
#define INVERSE_Z99_Q62 UINT64_C(0x1b82cc7db71405dc)

/* ln(1 + i/256) with 60 bits behind the point. */
static const uint64_t ln_table[256] = {
    UINT64_C(0x0000000000000000), UINT64_C(0x000ff805515885e0), UINT64_C(0x001fe02a6b106789), UINT64_C(0x002fb88ebf0214ee),
    UINT64_C(0x003f815161f807c8), UINT64_C(0x004f3a910d1a95d4), UINT64_C(0x005ee46c1f56c46b), UINT64_C(0x006e7f009ebe4660),
    UINT64_C(0x007e0a6c39e0cc01), UINT64_C(0x008d86cc491ecbfe), UINT64_C(0x009cf43dcff5eafd), UINT64_C(0x00ac52dd7e4726a4),
    UINT64_C(0x00bba2c7b196e7e2), UINT64_C(0x00cae41876471f5c), UINT64_C(0x00da16eb88cb8df6), UINT64_C(0x00e93b5c56d85a91),
    UINT64_C(0x00f85186008b1533), UINT64_C(0x01075983598e4713), UINT64_C(0x0116536eea37ae0f), UINT64_C(0x01253f62f0a14170),
    UINT64_C(0x01341d7961bd1d09), UINT64_C(0x0142edcbea646f04), UINT64_C(0x0151b073f06183f7), UINT64_C(0x0160658a93750c3b),
    UINT64_C(0x016f0d28ae56b4ba), UINT64_C(0x017da766d7b12cc8), UINT64_C(0x018c345d6319b20f), UINT64_C(0x019ab42462033ace),
    UINT64_C(0x01a926d3a4ad5636), UINT64_C(0x01b78c82bb0eda11), UINT64_C(0x01c5e548f5bc7431), UINT64_C(0x01d4313d66cb35d6),
    UINT64_C(0x01e27076e2af2e5f), UINT64_C(0x01f0a30c01162a66), UINT64_C(0x01fec9131dbeabab), UINT64_C(0x020ce2a2594b2dc5),
    UINT64_C(0x021aefcf9a11cb2d), UINT64_C(0x0228f0b08ce8558d), UINT64_C(0x0236e55aa5ecf405), UINT64_C(0x0244cde3214b5970),
    UINT64_C(0x0252aa5f03fea46a), UINT64_C(0x02607ae31c8ffa60), UINT64_C(0x026e3f8403d1ee87), UINT64_C(0x027bf8561d98c539),
    UINT64_C(0x0289a56d996fa3cd), UINT64_C(0x029746de734abcab), UINT64_C(0x02a4dcbc743686f4), UINT64_C(0x02b2671b330410ba),
    UINT64_C(0x02bfe60e14f27a79), UINT64_C(0x02cd59a84e55aa1c), UINT64_C(0x02dac1fce33a4392), UINT64_C(0x02e81f1ea806f499),
    UINT64_C(0x02f57120421b2123), UINT64_C(0x0302b814286afd5b), UINT64_C(0x030ff40ca4192212), UINT64_C(0x031d251bd10da815),
    UINT64_C(0x032a4b539e8ad68f), UINT64_C(0x033766c5cfbf706b), UINT64_C(0x03447783fc56ac63), UINT64_C(0x03517d9f9105e318),
    UINT64_C(0x035e7929d017fe5b), UINT64_C(0x036b6a33d1f6b48e), UINT64_C(0x037850ce85b19ac5), UINT64_C(0x03852d0ab1831814),
    UINT64_C(0x0391fef8f3534436), UINT64_C(0x039ec6a9c138bb89), UINT64_C(0x03ab842d69f7722b), UINT64_C(0x03b83794157d8fac),
    UINT64_C(0x03c4e0edc55e5cbd), UINT64_C(0x03d1804a554b4bfd), UINT64_C(0x03de15b97b8b26ca), UINT64_C(0x03eaa14ac96f66e1),
    UINT64_C(0x03f7230dabc7c552), UINT64_C(0x04039b116b540732), UINT64_C(0x041009652d341037), UINT64_C(0x041c6e17f3564347),
    UINT64_C(0x0428c9389ce438d8), UINT64_C(0x04351ad5e6add2c8), UINT64_C(0x044162fe6b92b546), UINT64_C(0x044da1c0a4ea2c18),
    UINT64_C(0x0459d72aeae98381), UINT64_C(0x0466034b7508dbda), UINT64_C(0x047226305a667ebf), UINT64_C(0x047e3fe79228bca3),
    UINT64_C(0x048a507ef3de5969), UINT64_C(0x0496580437dd8e7c), UINT64_C(0x04a25684f7a1a8d8), UINT64_C(0x04ae4c0eae274927),
    UINT64_C(0x04ba38aeb8474c27), UINT64_C(0x04c61c725510613f), UINT64_C(0x04d1f766a61f5536), UINT64_C(0x04ddc998aff616bd),
    UINT64_C(0x04e993155a517a72), UINT64_C(0x04f553e9707dc3e2), UINT64_C(0x05010c21a1a9f8ef), UINT64_C(0x050cbbca813a04ed),
    UINT64_C(0x051862f08717b09f), UINT64_C(0x052401a010027433), UINT64_C(0x052f97e55dde2837), UINT64_C(0x053b25cc98009a6c),
    UINT64_C(0x0546ab61cb7e0b42), UINT64_C(0x055228b0eb7498b4), UINT64_C(0x055d9dc5d1569b15), UINT64_C(0x05690aac3d33f867),
    UINT64_C(0x05746f6fd6027294), UINT64_C(0x057fcc1c29e4f4f2), UINT64_C(0x058b20bcae71e54c), UINT64_C(0x05966d5cc0f87ca0),
    UINT64_C(0x05a1b207a6c52bb1), UINT64_C(0x05aceec88d650f62), UINT64_C(0x05b823aa8ae878e3), UINT64_C(0x05c350b89e248d75),
    UINT64_C(0x05ce75fdaef401a7), UINT64_C(0x05d993848e76f3b0), UINT64_C(0x05e4a957f751e89f), UINT64_C(0x05efb7828debefe8),
    UINT64_C(0x05fabe0ee0abf0d9), UINT64_C(0x0605bd076835256d), UINT64_C(0x0610b47687a2c5d2), UINT64_C(0x061ba4668cc2e802),
    UINT64_C(0x06268ce1b05096ad), UINT64_C(0x06316df2162d22a2), UINT64_C(0x063c47a1cd98b1e0), UINT64_C(0x064719fad16a0f62),
    UINT64_C(0x0651e5070845beaf), UINT64_C(0x065ca8d044d4561a), UINT64_C(0x0667656045f822b3), UINT64_C(0x06721ac0b70218a7),
    UINT64_C(0x067cc8fb2fe612fd), UINT64_C(0x06877019356e6559), UINT64_C(0x06921024396ec28b), UINT64_C(0x069ca9259af67a86),
    UINT64_C(0x06a73b26a6821263), UINT64_C(0x06b1c630962c3903), UINT64_C(0x06bc4a4c91de1ac4), UINT64_C(0x06c6c783af7f16da),
    UINT64_C(0x06d13ddef323d8a3), UINT64_C(0x06dbad674f3cd767), UINT64_C(0x06e61625a4c43ed6), UINT64_C(0x06f07822c36b4291),
    UINT64_C(0x06fad36769c6defe), UINT64_C(0x070527fc457c09ab), UINT64_C(0x070f75e9f36b535d), UINT64_C(0x0719bd38ffdbfdfa),
    UINT64_C(0x0723fdf1e6a6886b), UINT64_C(0x072e381d135eb27f), UINT64_C(0x07386bc2e17cfadf), UINT64_C(0x074298eb9c879909),
    UINT64_C(0x074cbf9f803af558), UINT64_C(0x0756dfe6b8b1a0f3), UINT64_C(0x0760f9c9628bcf94), UINT64_C(0x076b0d4f8b165509),
    UINT64_C(0x07751a8130712830), UINT64_C(0x077f216641b56d50), UINT64_C(0x078922069f1b0987), UINT64_C(0x07931c6a1a1dc10b),
    UINT64_C(0x079d109875a1e1f9), UINT64_C(0x07a6fe9966187d59), UINT64_C(0x07b0e67491a33006), UINT64_C(0x07bac83190377d0d),
    UINT64_C(0x07c4a3d7ebc1bb2d), UINT64_C(0x07ce796f204796f3), UINT64_C(0x07d848fe9c0a2b18), UINT64_C(0x07e2128dbfa7b08b),
    UINT64_C(0x07ebd623de3cc7b6), UINT64_C(0x07f593c83d855c73), UINT64_C(0x07ff4b8215fd2615), UINT64_C(0x0808fd5892ffc50c),
    UINT64_C(0x0812a952d2e87f63), UINT64_C(0x081c4f77e7319d9e), UINT64_C(0x0825efced4936933), UINT64_C(0x082f8a5e9322ce05),
    UINT64_C(0x08391f2e0e6fa027), UINT64_C(0x0842ae4425a2872e), UINT64_C(0x084c37a7ab9a905d), UINT64_C(0x0855bb5f670a68e0),
    UINT64_C(0x085f39721295415b), UINT64_C(0x0868b1e65ceb5bf0), UINT64_C(0x087224c2e8e645fb), UINT64_C(0x087b920e4da4bea7),
    UINT64_C(0x0884f9cf16a64b7f), UINT64_C(0x088e5c0bc3e67c20), UINT64_C(0x0897b8cac9f7de2a), UINT64_C(0x08a11012921ea279),
    UINT64_C(0x08aa61e97a6af4d5), UINT64_C(0x08b3ae55d5d30702), UINT64_C(0x08bcf55dec4cd060), UINT64_C(0x08c63707fae78306),
    UINT64_C(0x08cf735a33e4b766), UINT64_C(0x08d8aa5abed14f78), UINT64_C(0x08e1dc0fb89e125e), UINT64_C(0x08eb087f33b80184),
    UINT64_C(0x08f42faf3820681f), UINT64_C(0x08fd51a5c384a606), UINT64_C(0x09066e68c955b6ca), UINT64_C(0x090f85fe32df75f1),
    UINT64_C(0x0918986bdf5fa141), UINT64_C(0x0921a5b7a41c99f1), UINT64_C(0x092aade74c7be59e), UINT64_C(0x0933b1009a186fe7),
    UINT64_C(0x093caf0944d88d76), UINT64_C(0x0945a806fb03c158), UINT64_C(0x094e9bff61584564), UINT64_C(0x09578af81320568e),
    UINT64_C(0x096074f6a24745dd), UINT64_C(0x09695a00976e4ed6), UINT64_C(0x09723a1b72013420), UINT64_C(0x097b154ca84aa317),
    UINT64_C(0x0983eb99a7885f10), UINT64_C(0x098cbd07d3ff350f), UINT64_C(0x0995899c890eb899), UINT64_C(0x099e515d1944ca64),
    UINT64_C(0x09a7144ece70e98b), UINT64_C(0x09afd276e9b75001), UINT64_C(0x09b88bdaa3a3dae3), UINT64_C(0x09c1407f2c3cbf60),
    UINT64_C(0x09c9f069ab150cd5), UINT64_C(0x09d29b9f3f5efcc6), UINT64_C(0x09db4224fffe1158), UINT64_C(0x09e3e3fffb9902e4),
    UINT64_C(0x09ec813538ab7d52), UINT64_C(0x09f519c9b597adc2), UINT64_C(0x09fdadc268b7a12e), UINT64_C(0x0a063d24406e7491),
    UINT64_C(0x0a0ec7f423395732), UINT64_C(0x0a174e36efc05f96), UINT64_C(0x0a1fcff17ce733bd), UINT64_C(0x0a284d2899dd8528),
    UINT64_C(0x0a30c5e10e2f613f), UINT64_C(0x0a393a1f99d55699), UINT64_C(0x0a41a9e8f5446fba), UINT64_C(0x0a4a1541d17e03be),
    UINT64_C(0x0a527c2ed81f5d81), UINT64_C(0x0a5adeb4ab7139c7), UINT64_C(0x0a633cd7e6771cd9), UINT64_C(0x0a6b969d1cfe8024),
    UINT64_C(0x0a73ec08dbadd84e), UINT64_C(0x0a7c3d1fa8137443), UINT64_C(0x0a8489e600b435a6), UINT64_C(0x0a8cd2605d1a2333),
    UINT64_C(0x0a9516932de2d577), UINT64_C(0x0a9d5682dccdbe55), UINT64_C(0x0aa59233ccca4bd5), UINT64_C(0x0aadc9aa5a05e69e),
    UINT64_C(0x0ab5fcead9f9cca1), UINT64_C(0x0abe2bf99b78c843), UINT64_C(0x0ac656dae6bcc498), UINT64_C(0x0ace7d92fd743efc),
    UINT64_C(0x0ad6a0261acf967e), UINT64_C(0x0adebe98738e398e), UINT64_C(0x0ae6d8ee360bb246), UINT64_C(0x0aeeef2b8a4c91bc),
    UINT64_C(0x0af70154920b3ab8), UINT64_C(0x0aff0f6d68c48c47), UINT64_C(0x0b07197a23c46c65), UINT64_C(0x0b0f1f7ed232334c),
};

static inline uint64_t finalise(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t random_key(const char *bytes, size_t length)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < length; i++) {
        sum = (sum ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    }
    return finalise(sum);
}

uint64_t random_stream_key(uint64_t seed, uint64_t stream)
{
    return finalise(seed + UINT64_C(0x9e3779b97f4a7c15)) ^ stream;
}

/* Inline here, where every distribution draws at least once. */
static inline uint64_t draw_bits(struct random_stream *stream)
{
    uint64_t number = stream->k * UINT64_C(0x9e3779b97f4a7c15) +
                      stream->sub++ * UINT64_C(0xd1b54a32d192ed03);

    return finalise(finalise(stream->key + number) + stream->key);
}

uint64_t random_bits(struct random_stream *stream)
{
    return draw_bits(stream);
}

static uint64_t high(uint64_t a, uint64_t b)
{
    return (uint64_t)((uint128)a * b >> 64);
}

uint64_t random_uniform(struct random_stream *stream, uint64_t least, uint64_t most)
{
    uint64_t range = most - least + 1;
    uint64_t unfair = range == 0 ? 0 : (0 - range) % range;
    uint128 product;

    SIM_CHECK(least <= most);
    if (range == 0) {
        return random_bits(stream);
    }
    do {
        product = (uint128)random_bits(stream) * range;
    } while ((uint64_t)product < unfair);
    return least + (uint64_t)(product >> 64);
}

/* The logarithm of a number with its top bit set, read as 1 .. 2, with 60 bits behind the point. */
static inline uint64_t ln_of_mantissa(uint64_t m)
{
    uint64_t leading = m >> 55;                                  /* 256 .. 511 */
    uint64_t rest = m & ((UINT64_C(1) << 55) - 1);
    uint64_t r = (rest << 8) / leading;                          /* rest / leading part, 63 bits */
    uint64_t r2 = high(r, r) << 1;
    uint64_t r3 = high(r2, r) << 1;
    uint64_t r4 = high(r3, r) << 1;

    return ln_table[leading - 256] + ((r - r2 / 2 + r3 / 3 - r4 / 4) >> 3);
}

static uint32_t leading_zeros(uint64_t number)
{
    return (uint32_t)__builtin_clzll(number);
}

/* -ln(u / 2^64) with 58 bits behind the point; u is not 0. */
static inline uint64_t minus_ln(uint64_t u)
{
    uint32_t shift = leading_zeros(u);

    return (shift + 1) * LN2_Q58 - (ln_of_mantissa(u << shift) >> 2);
}

/* a * b / 2^bits, rounded, at most INT64_MAX. */
static inline uint64_t scale(uint64_t a, uint64_t b, uint32_t bits)
{
    uint128 product = (((uint128)a * b) >> (bits - 1)) + 1;

    product >>= 1;
    return product > INT64_MAX ? (uint64_t)INT64_MAX : (uint64_t)product;
}

uint64_t random_exponential(struct random_stream *stream, uint64_t mean)
{
    uint64_t u = draw_bits(stream);

    return scale(mean, minus_ln(u == 0 ? 1 : u), 58);
}

uint64_t random_erlang(struct random_stream *stream, uint32_t k, uint64_t mean)
{
    uint128 sum = 0;

    for (uint32_t i = 0; i < k; i++) {
        uint64_t u = random_bits(stream);
        sum += minus_ln(u == 0 ? 1 : u);
    }
    if (k == 0) {
        return mean;
    }
    sum /= k;
    return scale(mean, (uint64_t)sum, 58);
}

/* The square root, rounded down. */
static uint64_t square_root(uint64_t number)
{
    uint64_t root = 0;

    for (uint64_t bit = UINT64_C(1) << 31; bit > 0; bit >>= 1) {
        uint64_t tried = root | bit;
        root = tried * tried <= number ? tried : root;
    }
    return root;
}

/* A standard normal number with 32 bits behind the point, by Marsaglia's polar method. */
static int64_t normal(struct random_stream *stream)
{
    for (;;) {
        uint64_t bits = random_bits(stream);
        int64_t x = (int64_t)(bits >> 32) - (INT64_C(1) << 31);
        int64_t y = (int64_t)(bits & UINT32_MAX) - (INT64_C(1) << 31);
        uint64_t s = (uint64_t)(x * x) + (uint64_t)(y * y); /* 62 bits behind the point */
        uint64_t ratio;

        if (s == 0 || s >= UINT64_C(1) << 62) {
            continue;
        }
        /* z = x sqrt(-2 ln s / s); the ratio with 32 bits behind the point, and it is below 2^32. */
        ratio = (uint64_t)(((uint128)minus_ln(s << 2) << 37) / s);
        if (ratio == 0) {
            continue;
        }
        return (int64_t)((x * (int64_t)square_root(ratio)) / (INT64_C(1) << 15));
    }
}

/* The natural logarithm of a number above 0, with 56 bits behind the point. */
static uint64_t ln_of(uint64_t number)
{
    uint32_t shift = leading_zeros(number);

    return (63 - shift) * (LN2_Q58 >> 2) + (ln_of_mantissa(number << shift) >> 4);
}

/* e to a power from 0 to ln 2, with 60 bits behind the point, by its series. */
static uint64_t exponential_of(uint64_t power)
{
    uint64_t term = UINT64_C(1) << 60;
    uint64_t sum = term;

    for (uint32_t i = 1; term > 0; i++) {
        term = (uint64_t)((uint128)term * power >> 60) / i;
        sum += term;
    }
    return sum;
}

uint64_t random_lognormal(struct random_stream *stream, uint64_t p50, uint64_t p99)
{
    int64_t z = normal(stream);
    uint64_t size = z < 0 ? (uint64_t)-z : (uint64_t)z;
    uint64_t sigma;
    uint128 power; /* 56 bits behind the point */
    uint64_t doublings;
    uint64_t factor;

    if (p50 == 0 || p99 <= p50) {
        return p50;
    }
    sigma = high(ln_of(p99) - ln_of(p50), INVERSE_Z99_Q62) << 2;
    power = (uint128)size * sigma >> 32;
    doublings = (uint64_t)(power / (LN2_Q58 >> 2));
    if (doublings > 62) {
        return z < 0 ? 0 : (uint64_t)INT64_MAX;
    }
    factor = exponential_of((uint64_t)(power % (LN2_Q58 >> 2)) << 4);
    if (z < 0) {
        uint128 quotient = (((uint128)p50 << 60) / factor) >> doublings;
        return (uint64_t)quotient;
    }
    return scale(p50, factor, 60) > (uint64_t)INT64_MAX >> doublings
               ? (uint64_t)INT64_MAX
               : scale(p50, factor, 60) << doublings;
}
