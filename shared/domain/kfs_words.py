"""The sentences of a Key Facts Statement, in the languages that borrowers may have it in.

Each language has the same sentences, filled with the same facts: what is signed means the same in all of them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KfsWords:
    """Templates for `str.format`. The clauses `grace_…`, `cap` and `tax` follow the rate in `charge` and `rate`."""

    personal: str
    purchase: str
    at_once: str
    monthly: str
    first_due: str
    fixed: str
    charge: str
    rate: str
    grace_forgives: str
    grace_defers: str
    cap: str
    tax: str
    goes_on: str
    no_foreclosure: str
    foreclosure: str
    complaints: str
    cooling_off: str
    fees_kept: str
    given_back: str
    given_back_fees_kept: str
    given_back_fees_too: str


ENGLISH = KfsWords(
    personal="unsecured personal loan",
    purchase="unsecured loan for a purchase, paid to {merchant}",
    at_once="100% upfront",
    monthly="monthly",
    first_due="one month after disbursement",
    fixed="fixed",
    charge="A penal charge of {rate} a year on the overdue amount for each day{clauses}. "
    "It is not interest: it is never added to the principal and bears no interest.",
    rate="A penal rate of {rate} a year on the overdue amount for each day{clauses}. "
    "It takes the place of the contract's rate on what is overdue.",
    grace_forgives=" after a grace of {days} days, which stay free whatever comes later",
    grace_defers=", and nothing if it is paid within {days} days",
    cap=", at most {share} of what was unpaid on the due date",
    tax=", plus tax of {share}",
    goes_on=" Overdue principal bears the contract's interest until the last due date.",
    no_foreclosure="None.",
    foreclosure="{share} of the principal that is closed early{clauses}.",
    complaints="Write or call the lender's officer first; the answer comes within 30 days.",
    cooling_off="Within {days} days of disbursement you may leave the loan by repaying the principal "
    "and the interest of the days that you had it, without any penalty.",
    fees_kept=" The fees named above are kept.",
    given_back=" What the merchant gives back for a returned order was never lent: it bears no interest and no charge.",
    given_back_fees_kept=" The fees named above are kept.",
    given_back_fees_too=" The fees named above are given back with the last of the price.",
)
HINDI = KfsWords(
    personal="बिना जमानत का व्यक्तिगत ऋण",
    purchase="खरीद के लिए बिना जमानत का ऋण, जिसका भुगतान {merchant} को होता है",
    at_once="100% एक साथ",
    monthly="मासिक",
    first_due="ऋण मिलने के एक महीने बाद",
    fixed="स्थिर",
    charge="बकाया राशि पर प्रतिदिन, {rate} वार्षिक की दर से दंड शुल्क{clauses}। "
    "यह ब्याज नहीं है: इसे मूलधन में कभी नहीं जोड़ा जाता और इस पर कोई ब्याज नहीं लगता।",
    rate="बकाया राशि पर प्रतिदिन, {rate} वार्षिक की दंड दर{clauses}। यह बकाया राशि पर अनुबंध की दर के स्थान पर लगती है।",
    grace_forgives=", {days} दिन की छूट के बाद; छूट के दिन बाद में भी निःशुल्क रहते हैं",
    grace_defers=", और {days} दिन के भीतर चुकाने पर कुछ नहीं",
    cap=", देय तिथि पर जो चुकाया नहीं गया उसका अधिकतम {share}",
    tax=", साथ में {share} कर",
    goes_on=" बकाया मूलधन पर अंतिम देय तिथि तक अनुबंध का ब्याज लगता है।",
    no_foreclosure="कोई नहीं।",
    foreclosure="समय से पहले बंद किए गए मूलधन का {share}{clauses}।",
    complaints="पहले ऋणदाता के अधिकारी को लिखें या फ़ोन करें; उत्तर 30 दिन के भीतर मिलता है।",
    cooling_off="ऋण मिलने के {days} दिन के भीतर आप मूलधन और जितने दिन ऋण रहा उतने दिन का ब्याज चुकाकर, "
    "बिना किसी दंड के, ऋण छोड़ सकते हैं।",
    fees_kept=" ऊपर बताए गए शुल्क वापस नहीं होते।",
    given_back=" लौटाए गए ऑर्डर के लिए विक्रेता जो वापस करता है वह कभी उधार नहीं दिया गया माना जाता है: "
    "उस पर न ब्याज लगता है, न शुल्क।",
    given_back_fees_kept=" ऊपर बताए गए शुल्क वापस नहीं होते।",
    given_back_fees_too=" ऊपर बताए गए शुल्क कीमत के अंतिम हिस्से के साथ लौटाए जाते हैं।",
)
CHINESE = KfsWords(
    personal="无担保个人贷款",
    purchase="无担保消费贷款，款项支付给{merchant}",
    at_once="一次性全额发放",
    monthly="按月",
    first_due="放款后一个月",
    fixed="固定利率",
    charge="逾期期间，对逾期金额按日计收违约金，年化{rate}{clauses}。违约金不是利息：不计入本金，也不再计息。",
    rate="逾期期间，对逾期金额按日计收罚息，年利率{rate}{clauses}。逾期部分以此利率代替合同利率。",
    grace_forgives="，宽限{days}天，宽限期内始终不计收",
    grace_defers="，{days}天内还清的不计收",
    cap="，最高不超过应还日未还金额的{share}",
    tax="，另加{share}的税费",
    goes_on="逾期本金在最后一个应还日之前仍按合同利率计息。",
    no_foreclosure="无。",
    foreclosure="提前结清本金的{share}{clauses}。",
    complaints="请先书面或致电贷款人的投诉负责人，30天内答复。",
    cooling_off="放款后{days}天内，您可以归还本金及实际使用天数的利息后退出本贷款，无任何违约费用。",
    fees_kept="上述费用不予退还。",
    given_back="商家因退货退还的款项视为从未出借：不计利息，也不收费用。",
    given_back_fees_kept="上述费用不予退还。",
    given_back_fees_too="上述费用随最后一笔货款一并退还。",
)
WORDS = {"en": ENGLISH, "hi": HINDI, "zh": CHINESE}
