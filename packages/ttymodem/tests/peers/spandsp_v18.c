/* A TTY modem that is not ours: spandsp's V.18 in five-bit mode at 45.45 baud.

   spandsp_v18 send TEXT     16-bit samples at 8 kHz to the standard output
   spandsp_v18 receive       the same from the standard input, the text in them out */

#include <stdio.h>
#include <string.h>
#include <spandsp.h>

enum { BLOCK = 160, SECOND = 50 };

static void show(void *user, const uint8_t *text, int length)
{
    (void) user;
    fwrite(text, 1, (size_t) length, stdout);
}

static int send_text(v18_state_t *modem, const char *text)
{
    int16_t sound[BLOCK];
    if (v18_put(modem, text, (int) strlen(text)) < 0)
        return 1;
    /* The modem does not say when it has sent everything: a second of silence does. */
    for (int silent = 0, blocks = 0; silent < SECOND && blocks < 120 * SECOND; blocks++) {
        memset(sound, 0, sizeof sound);
        int made = v18_tx(modem, sound, BLOCK);
        silent = made > 0 ? 0 : silent + 1;
        fwrite(sound, sizeof sound[0], BLOCK, stdout);
    }
    return 0;
}

static int receive_text(v18_state_t *modem)
{
    int16_t sound[BLOCK];
    while (fread(sound, sizeof sound[0], BLOCK, stdin) == BLOCK)
        v18_rx(modem, sound, BLOCK);
    return 0;
}

int main(int count, char *words[])
{
    v18_state_t *modem = v18_init(NULL, 1, V18_MODE_5BIT_45, show, NULL);
    if (modem == NULL || count < 2)
        return 2;
    if (strcmp(words[1], "send") == 0 && count == 3)
        return send_text(modem, words[2]);
    return receive_text(modem);
}
