"""What a reply says, by plain rules: yes, yes with something to settle, no, a question; all else is unclear.

The rules are careful on purpose. A wrong "yes" costs a customer; a doubt costs a person ten seconds. So a text counts
as yes or no only if nothing in it speaks against that, and a yes with more in it than courtesy is a `yes_but`.
"""

import re
from dataclasses import dataclass

from app.messaging.services.stop_words import is_stop, sounds_like_stop

_SPACES = re.compile(r"\s+")
#: Said of something else than the offer.
_HARMLESS = re.compile(
    r"\bno (?:problem|worries|rush|hurry|trouble|bother|need to (?:rush|hurry))s?\b|\bnot a problem\b"
)
_NO = re.compile(
    r"^(?:no|nope|nah|no thanks?|no thank you|no ta|not for (?:me|us)|not interested)\b(?=$|[ ,.!])"
    r"|\b(?:do not|don't|dont|won't|wont|will not|can't|cant|cannot|not|wouldn't) (?:\w+ ){0,3}"
    r"(?:go(?:ing)? ahead|proceed\w*|book\w*|accept\w*|tak\w+ (?:it|this|you) (?:up|further))"
    r"|\bno,? thank(?:s| you)\b|\bnot (?:really )?interested\b|\bno longer (?:need|want|require|interested)"
    r"|\b(?:gone|going|went|go) (?:with|for) (?:someone|somebody|another|a different|the other|a cheaper)\b"
    r"|\b(?:have|using) (?:someone|somebody|another (?:window )?(?:cleaner|firm|company))(?: else)?\b"
    r"|\b(?:found|got|chosen|picked|booked) (?:someone|somebody|another)\b|\balready (?:have|got|use) (?:a|our|my)\b"
    r"|\btoo (?:expensive|dear|much|pricey|steep)\b|\b(?:decided|deciding) (?:against|not to(?: \w+){0,2})\b"
    r"|\b(?:i|we)(?:'ll| will) (?:pass|leave it|give it a miss)\b|\b(?:do not|don't|dont) (?:need|want|require)\b"
    r"|\bnot (?:at the moment|right now|this time|today|for now|just now)\b"
    r"|\bgive it a miss\b|\bchanged (?:my|our) minds?\b"
)
#: A no that begins a later sentence: beside a yes it makes a doubt.
_ALSO_NO = re.compile(r"[.!,;:\-] ?(?:no|nope|nah)\b|^(?:no|nope|nah)\b")
_YES = re.compile(
    r"(?:^|(?<=[.!,;:\-] )|(?<=[.!]))(?:yes|yep|yeah|yup|yess+|aye|certainly|definitely|absolutely)\b(?! but\b)"
    r"|(?:^|(?<=[.!,;:\-] ))(?:yes|yep|yeah) but\b"
    r"|\byes please\b|\bgo ahead\b|\b(?:please )?(?:book|sign|put) (?:me|us|it|that) (?:in|up|down)\b|\bplease book\b"
    r"|\bbook it\b|\blet's (?:do it|go for it|go ahead|book)\b|\b(?:i|we)(?:'d| would)? (?:accept|agree)\b"
    r"|\b(?:happy|like|love|ready) to (?:go ahead|proceed|accept|book|start)\b|\bplease (?:proceed|start|go ahead)\b"
    r"|\bcount (?:me|us) in\b|\bwe have a deal\b|\byou(?:'re| are) (?:on|hired)\b|\bgo for it\b|\bquote accepted\b"
)
#: Words before a yes that make it none: "if we go ahead", "before you book it".
_HYPOTHETICAL = re.compile(
    r"\b(?:if|before|once|when|until|unless|whether|should|might|may|could|shall)\b[^.!?]{0,30}$"
)
_BUT = re.compile(
    r"\bbut\b|\bhowever\b|\balthough\b|\bthough\b|\bonly if\b|\bas long as\b|\bprovided\b|\bproviding\b|\bexcept\b"
    r"|\binstead\b|\bunless\b|\bif (?:you|it|the|we|i)\b|\bsubject to\b|\brather\b|\bnot (?:until|before|the|on)\b"
    r"|\bafter\b|\buntil\b"
)
_HEDGE = re.compile(
    r"\bmaybe\b|\bperhaps\b|\bpossibly\b|\bprobably\b|\bnot sure\b|\bunsure\b|\bthink (?:about|it over|on)\b"
    r"|\bhave a think\b|\b(?:get|come) back to you\b|\blet you know\b|\bconsider(?:ing)?\b|\bcheck with\b"
    r"|\b(?:speak|talk|ask) (?:to|with|my)\b"
    r"|\byes (?:and|or) no\b|\b(?:says?|said) (?:yes|no)\b"
    r"|\bdepends\b|\bwaiting (?:for|on)\b|\bstill deciding\b|\banother quote\b|\bother quotes\b"
)
_QUESTION = re.compile(
    r"\?|^(?:can|could|do|does|did|is|are|would|will|when|what|where|which|who|why|how|have you|has)\b"
    r"|\b(?:could|can|would) you\b|\bi(?:'m| am)? (?:wonder|was wondering|wondering)\b"
    r"|\bplease (?:advise|confirm|tell)\b"
)
_COURTESY = re.compile(
    r"\b(?:please|pls|plz|thanks?|thank you|many|very much|so much|cheers|ta|ok|okay|great|perfect|lovely|brilliant|fab"
    r"|fine|good|super|excellent|hi|hello|hey|dear|morning|afternoon|evening|kind|best|warm|regards|wishes|all the best"
    r"|sounds|that's|that is|that|is|it|i|we|us|me|would|'d|like|love|want|be|am|happy|to|with|the|your|this|quote"
    r"|price|offer|estimate|for|a|an|and|of|my|our|will|do|just|really|then|all|go|ahead|proceed|accept|book|start|in|x+)\b"
)
_RUNG = re.compile(r"^(?:option|number|no\.?|choice)?\s*#?([1-9])(?:\s*(?:please|pls|thanks|thank you|ta|x))*[.!\s]*$")
_BEFORE = 60  # letters before a yes in which its _HYPOTHETICAL must stand
_MOST_LEFT = 3  # words beside a plain yes, such as a name


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reply says (of models.TRIAGE). `rung`: the rung of the ladder that it names, from 1; `wants_out`: it
    sounds as if its writer wants no more messages, which a person must look at.
    """

    triage: str
    rung: int | None = None
    wants_out: bool = False


def judge(text: str, rungs: int = 0) -> Judgement:
    """Judge the new part of a reply. `rungs` is how many the quote has that its writer holds: "2" names one of them."""
    plain = _plain(text)
    if is_stop(plain):
        return Judgement("no", wants_out=True)
    if not plain:
        return Judgement("unclear")
    named = _RUNG.match(plain)
    if named:
        rung = int(named[1])
        return Judgement("yes", rung) if 1 <= rung <= rungs else Judgement("unclear")
    if sounds_like_stop(plain):
        return Judgement("unclear", wants_out=True)
    return Judgement(_said(_HARMLESS.sub(" ", plain).strip()))


def _said(plain: str) -> str:
    says_yes = _says_yes(_NO.sub(" ", plain))
    says_no = bool(_NO.search(plain)) or (says_yes and bool(_ALSO_NO.search(plain)))
    asks, hedges = bool(_QUESTION.search(plain)), bool(_HEDGE.search(plain))
    if says_no:
        return "unclear" if says_yes or asks or hedges or _is_long_no(plain) else "no"
    if says_yes:
        if hedges:
            return "unclear"
        return "yes_but" if asks or _BUT.search(plain) or _has_more(plain) else "yes"
    return "question" if asks else "unclear"


def _says_yes(plain: str) -> bool:
    starts = (found.start() for found in _YES.finditer(plain))
    return any(not _HYPOTHETICAL.search(plain[max(0, start - _BEFORE) : start]) for start in starts)


def _is_long_no(plain: str) -> bool:
    """A bare "no" before many other words may answer something else than our offer."""
    bare = re.match(r"^(?:no|nope|nah)\b(?! thank)", plain)
    return bare is not None and len(plain.split()) > 4 and not _NO.search(plain[bare.end() :])


def _has_more(plain: str) -> bool:
    left = _COURTESY.sub(" ", _YES.sub(" ", plain))
    return bool(re.search(r"\d", left)) or len(re.findall(r"[^\W_]{2,}", left)) > _MOST_LEFT


def _plain(text: str) -> str:
    """Lower case, straight apostrophes, one space between words; a thumb or a tick alone is a yes."""
    text = text.replace("\u2019", "'").replace("\u2018", "'").casefold()
    text = re.sub("[\U0001f44d\u2705\u2714\U0001f44c]\ufe0f?[\U0001f3fb-\U0001f3ff]?", " yes ", text)
    return _SPACES.sub(" ", text).strip()
