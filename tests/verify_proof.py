"""Checks a proof of Retrace with nothing of Retrace: c2sp.org/tlog-proof, c2sp.org/signed-note, RFC 9162 §2.1.

    python3 verify_proof.py PROOF VERIFIER-KEY [FILE-WITH-OLD-ROOT]

PROOF is what `retrace prove EVENT` or `retrace prove --from SIZE` wrote; VERIFIER-KEY is what `retrace checkpoint`
tells. For a proof of growth the root of the old size, in base64, is in the third file.
"""

import sys
from base64 import b64decode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def node(left, right):
    return sha256(b"\x01" + left + right).digest()


def checkpoint(note, verifier):
    """The size and root of a checkpoint that the key signed."""
    name, key_id, key = verifier.split("+", 2)
    key = b64decode(key, validate=True)
    assert key[0] == 1 and sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_id, "the key is not one"
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    assert origin == name, "another log"
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        signature = b64decode(signature, validate=True)
        if dash == "—" and signer == name and signature[:4].hex() == key_id:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text.encode())
            assert str(int(size)) == size
            return int(size), b64decode(root, validate=True)
    raise AssertionError("not signed by this key")


def included(leaf, index, size, proof, root):
    assert index < size
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        assert sn != 0
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and r == root, "the event is not in the tree"


def grown(old, old_root, size, root, proof):
    assert 0 < old < size
    if old & (old - 1) == 0:
        proof = [old_root] + proof
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        assert sn != 0
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and fr == old_root and sr == root, "the tree did not grow from the old one"


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    top, note = text.split("\n\n", 1)
    size, root = checkpoint(note, sys.argv[2])
    lines = top.split("\n")
    if lines[0] == "c2sp.org/tlog-proof@v1":
        assert lines[1].startswith("extra ") and lines[2].startswith("index ")
        envelope, index = b64decode(lines[1][6:], validate=True), int(lines[2][6:])
        proof = [b64decode(line, validate=True) for line in lines[3:]]
        included(sha256(b"\x00" + envelope).digest(), index, size, proof, root)
        print("in the log of", size, "events:", envelope.decode())
    else:
        assert lines[0].startswith("old ")
        old_root = b64decode(open(sys.argv[3], encoding="ascii").read(), validate=True)
        grown(int(lines[0][4:]), old_root, size, root, [b64decode(line, validate=True) for line in lines[1:]])
        print("the log of", size, "events begins with those", lines[0][4:])


main()
