"""Receivables and lists as systems of other languages write them: headings, states, totals and who is meant."""

from decimal import Decimal

import pytest

from riskcore import policy as policies
from riskcore.ingest import Preparing, prepare, read
from riskcore.ingest.words import normalise_heading, phrased
from riskcore.store import Store

POLICY = policies.load()


def prepared(text: str, name: str = "a.csv") -> Preparing:
    """A file made ready against an empty book, in UTF-8."""
    return prepare(read(text.encode(), name), POLICY, Store())


def fields(ready: Preparing) -> dict[str, str | None]:
    """Heading to the field that it is taken for."""
    return {m.heading: m.field for m in ready.matches}


OPEN_ITEMS = [
    (
        "IDCliente,NumeroFactura,FechaFactura,FechaVencimiento,MontoFactura,Estado\n"
        "C-01,F-1,2026-01-05,2026-02-04,100.00,Pendiente\nC-02,F-2,2026-01-06,2026-02-05,40.00,Pagada\n"
        "C-03,F-3,2026-01-07,2026-02-06,20.50,Vencida\n"
    ),
    (
        "Cliente;Nº Nota Fiscal;Data de Emissão;Data Vencto;Valor;Situação\n"
        "Padaria Sol;1001;05/01/2026;04/02/2026;R$ 100,00;EM ABERTO\n"
        "Casa Azul;1002;16/01/2026;15/02/2026;R$ 1.040,00;PAGO\n"
        "Rio Verde;1003;17/01/2026;16/02/2026;R$ 20,50;ATRASADO\n"
    ),
    (
        "id,numero,client_id,montant,date_emission,date_echeance,statut\n"
        "1,FA-1,7,100,2026-01-05,2026-02-04,En attente\n2,FA-2,8,40,2026-01-06,2026-02-05,Payée\n"
        "3,FA-3,9,20.50,2026-01-07,2026-02-06,En retard\n"
    ),
    (
        "Kunden-Nr;Rechnungs-Nr;Datum;Zahlbar bis;Gesamtbetrag;Zahlungsstatus\n"
        "10017;R-1;05.01.2026;04.02.2026;100,00;offen\n10018;R-2;16.01.2026;15.02.2026;1.040,00;bezahlt\n"
        "10019;R-3;17.01.2026;16.02.2026;20,50;überfällig\n"
    ),
    (
        "得意先コード,得意先名,請求書番号,請求日,支払期限,請求金額,入金状況\n"
        "00123,青空商事,S-1,2026/01/05,2026/02/04,100,未入金\n00124,緑川工業,S-2,2026/01/06,2026/02/05,40,入金済\n"
        "00125,白石物産,S-3,2026/01/07,2026/02/06,20.50,延滞\n"
    ),
    (
        "거래처코드,거래처명,세금계산서번호,작성일자,만기일,청구금액,입금상태\n"
        "A100,하늘상사,T-1,2026-01-05,2026-02-04,100,미납\nA101,바다산업,T-2,2026-01-06,2026-02-05,40,완납\n"
        "A102,들판물산,T-3,2026-01-07,2026-02-06,20.50,연체\n"
    ),
    (
        "Codice cliente;Ragione sociale;Numero fattura;Data fattura;Scadenza;Importo;Stato\n"
        "K1;Alfa Srl;1/A;05/01/2026;04/02/2026;100,00;Aperta\nK2;Beta Spa;2/A;16/01/2026;15/02/2026;40,00;Pagata\n"
        "K3;Gamma Srl;3/A;17/01/2026;16/02/2026;20,50;Scaduta\n"
    ),
]


@pytest.mark.parametrize("text", OPEN_ITEMS)
def test_invoices_that_are_paid_are_not_open_in_any_language(text: str) -> None:
    ready = prepared(text)
    assert ready.kind.id == "open_items"
    assert not ready.questions
    assert {"document_no", "invoice_date", "due_date", "amount", "invoice_status"} <= {m.field for m in ready.matches}
    assert ready.checked is not None
    items = ready.checked.tables["item"].to_pylist()
    assert [item["amount"] for item in items] == [Decimal("100.00"), Decimal("20.50")]
    assert {str(item["due_date"]) for item in items} == {"2026-02-04", items[1]["due_date"].isoformat()}
    assert {(item["due_date"] - item["invoice_date"]).days for item in items} == {30}


def test_accents_glued_words_and_short_words_make_no_other_heading() -> None:
    assert normalise_heading("N° DE PIÈCE") == normalise_heading("n° de piece")
    assert phrased("fecha_de_vencimiento") == phrased("FechaVencimiento") == phrased("Fecha  del vencimiento")
    assert phrased("No. of the invoice") == phrased("Number Invoice")
    assert phrased("Nº fatura") == phrased("Número de fatura")
    assert normalise_heading("が") == "が"
    assert normalise_heading("й") == "й"


@pytest.mark.parametrize("heading", ["Proveedor", "Supplier code", "供应商编码", "CNPJ_Emissor", "Lieferantennummer"])
def test_who_is_paid_is_no_customer_by_its_values(heading: str) -> None:
    rows = "".join(f"P{n}001,F{n},2026-01-0{n},{n}20.50\n" for n in range(1, 6))
    ready = prepared(f"{heading},factura,fecha,importe\n{rows}")
    assert fields(ready)[heading] is None
    assert ready.refused is not None
    assert ready.refused.key == "errors.file_no_customer"


def test_columns_that_no_row_fills_and_years_below_a_heading_of_days() -> None:
    ready = prepared("factura,fecha,vencimiento,importe,notas\nF1,2026-01-05,,10,\nF2,2026-01-06,,20,\n")
    assert ready.refused is not None
    rows = "".join(f"C{n},客户{n},{1990 + n}\n" for n in range(1, 6))
    assert fields(prepared(f"客户编号,客户名称,成立日期\n{rows}"))["成立日期"] == "incorporation_date"
